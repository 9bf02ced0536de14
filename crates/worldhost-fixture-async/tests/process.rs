//! `worldhost process` where the export is `async`: inputs that wait for each other in one
//! instance, by `tests/worlds/meeting`.

use assert_cmd::Command;
use predicates::prelude::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn program() -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_worldhost-fixture-async"));
    command.current_dir(root());
    command.env(
        "WORLDHOST_CACHE_DIR",
        concat!(env!("CARGO_TARGET_TMPDIR"), "/cache-async"),
    );
    command
}

fn process(options: &[&str], inputs: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::from_std(program());
    command.arg("process").args(options);
    command.arg("tests/guests/meeting.wasm").args(inputs);
    command.timeout(Duration::from_secs(120)).assert()
}

/// None of them comes back before all are there.
#[test]
fn inputs_wait_for_each_other_in_one_instance() {
    process(&["--jobs", "3"], &["meet 3", "meet 3", "meet 3"])
        .success()
        .stdout("meet 3\nmeet 3\nmeet 3\n");
    process(&["--fresh", "--jobs", "2"], &["meet 2", "meet 2"])
        .success()
        .stdout("meet 2\nmeet 2\n");
}

#[test]
fn results_come_in_the_order_of_the_inputs() {
    let inputs = ["meet 2", "a", "b", "c", "meet 2", "d"];
    let mut results = inputs.join("\n");
    results.push('\n');
    process(&["--jobs", "2"], &inputs).success().stdout(results);
}

#[test]
fn without_jobs_there_is_one_at_a_time() {
    process(&[], &["meet 1", "meet 2", "a"])
        .success()
        .stdout("meet 1\nmeet 2\na\n");
    process(&["--timeout", "300ms"], &["meet 2", "meet 2"])
        .code(124)
        .stdout("")
        .stderr(predicate::str::starts_with(
            "error: input 1: process did not finish within",
        ));
}

/// The command, talked to line by line. Nothing takes long, unless it hangs.
struct Talk {
    child: Child,
    inputs: ChildStdin,
    results: Receiver<String>,
    told: Receiver<String>,
}

impl Talk {
    fn begin(options: &[&str]) -> Self {
        let mut command = program();
        command.arg("process").args(options);
        command.arg("tests/guests/meeting.wasm");
        let pipes = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        Talk {
            inputs: child.stdin.take().unwrap(),
            results: lines(child.stdout.take().unwrap()),
            told: lines(child.stderr.take().unwrap()),
            child,
        }
    }

    fn say(&mut self, input: &str) {
        // It may have gone.
        let _ = writeln!(self.inputs, "{input}");
    }

    fn result(&self) -> String {
        self.results.recv_timeout(SOON).expect("a result")
    }

    fn told(&self) -> String {
        self.told.recv_timeout(SOON).expect("a line on stderr")
    }

    /// The other results, and its code.
    fn end(mut self) -> (Vec<String>, Option<i32>) {
        drop(self.inputs);
        let rest = std::iter::from_fn(|| match self.results.recv_timeout(SOON) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("it does not end"),
        });
        let rest = rest.collect();
        (rest, self.child.wait().unwrap().code())
    }
}

const SOON: Duration = Duration::from_secs(60);

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

#[test]
fn a_guest_goes_on_while_inputs_are_awaited() {
    let mut talk = Talk::begin(&[]);
    for text in ["first", "second"] {
        let line = format!("log-after 1 {text}");
        talk.say(&line);
        assert_eq!(talk.result(), line);
        // And no other input is there yet.
        assert_eq!(talk.told(), format!("[log] {text}"));
    }
    assert_eq!(talk.end(), (vec![], Some(0)));
}

#[test]
fn a_trap_is_of_all_that_run_and_the_next_has_a_fresh_instance() {
    let inputs = ["trap-after 2", "meet 9", "a"];
    process(&["--jobs", "2"], &inputs)
        .code(134)
        .stdout("")
        .stderr(predicate::str::starts_with(
            "error: input 1: process ended with its instance, which trapped in one of 2 calls: ",
        ));
    let ended = process(&["--jobs", "2", "--keep-going", "--json"], &inputs).code(134);
    let results = String::from_utf8(ended.get_output().stdout.clone()).unwrap();
    let results = results
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let results: Vec<serde_json::Value> = results.collect();
    assert_eq!(results.len(), 3);
    for (failed, number) in results[..2].iter().zip([1, 2]) {
        assert_eq!(
            (&failed["input"], &failed["code"]),
            (&number.into(), &134.into())
        );
    }
    assert_eq!(results[2], serde_json::json!({ "input": 3, "result": "a" }));
}

/// It is told, though the input that it comes of had its result.
#[test]
fn a_trap_in_what_an_input_left_to_be_done_is_told() {
    const TOLD: &str = "error: what calls left to be done trapped: ";
    for (options, results) in [
        (&[][..], vec![]),
        (&["--keep-going"], vec!["b".to_string()]),
    ] {
        let mut talk = Talk::begin(options);
        talk.say("trap-later 1");
        assert_eq!(talk.result(), "trap-later 1");
        let error = talk.told();
        assert!(error.starts_with(TOLD), "{error}");
        talk.say("b");
        assert_eq!(talk.end(), (results, Some(134)));
    }
}

#[test]
fn one_that_computes_for_ever_does_not_hold_up_the_next() {
    process(&["--timeout", "300ms", "--keep-going"], &["spin", "a"])
        .code(124)
        .stdout("a\n")
        .stderr(predicate::str::contains(
            "input 1: process did not finish within 300ms",
        ));
}

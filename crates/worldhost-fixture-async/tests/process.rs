//! `worldhost process` where the export is `async`: inputs that wait for each other in one
//! instance, by `tests/worlds/meeting`.

use assert_cmd::Command;
use predicates::prelude::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};
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

struct Talk(Child);

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_guest_goes_on_while_inputs_are_awaited() {
    let mut command = program();
    command.arg("process").arg("tests/guests/meeting.wasm");
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut talk = Talk(pipes.spawn().unwrap());
    let mut results = BufReader::new(talk.0.stdout.take().unwrap()).lines();
    let mut logged = BufReader::new(talk.0.stderr.take().unwrap()).lines();
    let mut inputs = talk.0.stdin.take().unwrap();
    for text in ["first", "second"] {
        let line = format!("log-after 1 {text}");
        writeln!(inputs, "{line}").unwrap();
        assert_eq!(results.next().unwrap().unwrap(), line);
        // And no other input is there yet.
        assert_eq!(logged.next().unwrap().unwrap(), format!("[log] {text}"));
    }
    drop(inputs);
    assert!(results.next().is_none());
    assert!(talk.0.wait().unwrap().success());
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
    for (options, results) in [(&[][..], ""), (&["--keep-going"], "b\n")] {
        let mut command = program();
        command
            .arg("process")
            .args(options)
            .arg("tests/guests/meeting.wasm");
        let pipes = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut talk = Talk(pipes.spawn().unwrap());
        let mut printed = BufReader::new(talk.0.stdout.take().unwrap());
        let mut told = BufReader::new(talk.0.stderr.take().unwrap()).lines();
        let mut inputs = talk.0.stdin.take().unwrap();
        writeln!(inputs, "trap-later 1").unwrap();
        let mut line = String::new();
        printed.read_line(&mut line).unwrap();
        assert_eq!(line, "trap-later 1\n");
        let error = told.next().unwrap().unwrap();
        assert!(error.starts_with(TOLD), "{error}");
        // It may have gone.
        let _ = writeln!(inputs, "b");
        drop(inputs);
        let mut rest = String::new();
        printed.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, results);
        assert_eq!(talk.0.wait().unwrap().code(), Some(134));
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

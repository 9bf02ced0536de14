//! A guest that ends itself with `wasi:cli/exit` where a result was due.

use crate::support::{Scratch, plugin_with, worldhost};
use std::path::{Path, PathBuf};

const EXIT: &str = r#"(import "wasi:cli/exit@0.2.12" "exit-with-code" (func $exit (param i32)))"#;

/// Exits with the code where the input is `exit`; any other is its own answer.
fn exits(scratch: &Scratch, code: u8) -> PathBuf {
    let body = format!(
        "(if (i32.eq (i32.load (local.get $ptr)) (i32.const 0x74697865))
            (then (call $exit (i32.const {code}))))
         (i32.store (i32.const 8) (local.get $ptr))
         (i32.store (i32.const 12) (local.get $len))
         (i32.const 8)"
    );
    scratch.file(&format!("exits-{code}.wasm"), plugin_with(EXIT, &body))
}

/// Exits with the code before it can be called.
fn exits_at_start(scratch: &Scratch, code: u8) -> PathBuf {
    let start = format!("{EXIT} (func $begin (call $exit (i32.const {code}))) (start $begin)");
    let name = format!("start-{code}.wasm");
    scratch.file(&name, plugin_with(&start, "unreachable"))
}

/// What a guest exits with, and the exit code that comes of it.
const CODES: [(u8, i32); 3] = [(0, 134), (1, 1), (7, 7)];

const WAYS: [&[&str]; 4] = [
    &[],
    &["--fresh"],
    &["--fresh", "--jobs", "1"],
    &["--fresh", "--jobs", "3"],
];

struct Run<'a> {
    args: Vec<&'a str>,
    component: &'a Path,
    words: &'a [&'a str],
}

impl Run<'_> {
    /// It must print this, and name the places where the guest ended itself.
    #[track_caller]
    fn fails(&self, guests: u8, code: i32, stdout: &str, places: &[&str]) {
        let mut command = worldhost();
        command.args(&self.args).arg(self.component);
        let output = command.args(self.words).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{:?}: {stderr}",
            self.args
        );
        assert_eq!(String::from_utf8(output.stdout).unwrap(), stdout);
        let errors: Vec<&str> = stderr.lines().collect();
        let message = format!("the component exited with code {guests} before it gave a result");
        let expected: Vec<String> = places
            .iter()
            .map(|place| format!("error: {place}{message}"))
            .collect();
        assert_eq!(errors, expected, "{:?}", self.args);
    }
}

#[test]
fn an_exit_in_process_is_a_failure_of_that_input() {
    let scratch = Scratch::new();
    for (guests, code) in CODES {
        let component = exits(&scratch, guests);
        for way in WAYS {
            let run = |options: &[&'static str]| Run {
                args: [&["process"], way, options].concat(),
                component: &component,
                words: &["a", "exit", "b", "exit", "c"],
            };
            run(&[]).fails(guests, code, "a\n", &["input 2: "]);
            let places = ["input 2: ", "input 4: "];
            run(&["--keep-going"]).fails(guests, code, "a\nb\nc\n", &places);
        }
    }
}

#[test]
fn an_exit_at_the_start_of_an_instance_is_a_failure_of_the_input() {
    let scratch = Scratch::new();
    for (guests, code) in CODES {
        let component = exits_at_start(&scratch, guests);
        for way in WAYS {
            let run = |options: &[&'static str]| Run {
                args: [&["process"], way, options].concat(),
                component: &component,
                words: &["a", "b"],
            };
            run(&[]).fails(guests, code, "", &["input 1: "]);
            run(&["--keep-going"]).fails(guests, code, "", &["input 1: ", "input 2: "]);
        }
    }
}

#[test]
fn an_exit_before_the_last_call_is_a_failure() {
    let scratch = Scratch::new();
    for (guests, code) in CODES {
        let component = exits(&scratch, guests);
        let run = Run {
            args: vec!["call"],
            component: &component,
            words: &[r#"process("a")"#, r#"process("exit")"#, r#"process("b")"#],
        };
        run.fails(guests, code, "\"a\"\n", &["call 2 of 3: "]);
        let component = exits_at_start(&scratch, guests);
        let run = Run {
            args: vec!["call"],
            component: &component,
            words: &[r#"process("a")"#],
        };
        run.fails(guests, code, "", &[""]);
    }
}

#[test]
fn an_exit_in_the_last_call_is_the_commands_own() {
    let scratch = Scratch::new();
    for (guests, _) in CODES {
        worldhost()
            .arg("call")
            .arg(exits(&scratch, guests))
            .args([r#"process("a")"#, r#"process("exit")"#])
            .assert()
            .code(i32::from(guests))
            .stdout("\"a\"\n")
            .stderr("");
    }
}

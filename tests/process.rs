//! `worldhost process`: the typed export of the project's own world.

mod support;

use predicates::prelude::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use support::{Scratch, guest, plugin, worldhost};

#[test]
fn each_argument_is_an_input_and_each_result_a_line() {
    worldhost()
        .arg("process")
        .arg(guest("plugin-rust"))
        .args(["héllo", "21", "2147483647"])
        .assert()
        .success()
        .stdout("HÉLLO\n42\nerror: 2 * 2147483647 does not fit an s32\n")
        .stderr("[log] processing: héllo\n[log] processing: 21\n[log] processing: 2147483647\n");
}

#[test]
fn a_plugin_in_c_uses_log_and_compute() {
    worldhost()
        .arg("process")
        .arg(guest("plugin-c"))
        .arg("21")
        .assert()
        .success()
        .stdout("42\n")
        .stderr(predicate::str::contains("[log] "));
}

#[test]
fn stdin_is_taken_line_by_line_with_or_without_the_last_line_end() {
    for input in ["a\r\n\n3", "a\n\n3\n"] {
        worldhost()
            .arg("process")
            .arg(guest("plugin-rust"))
            .write_stdin(input)
            .assert()
            .success()
            .stdout("A\n\n6\n");
    }
    worldhost()
        .arg("process")
        .arg(guest("plugin-rust"))
        .args(["x", "-", "y"])
        .write_stdin("a\nb\n")
        .assert()
        .success()
        .stdout("X\nA\nB\nY\n");
}

#[test]
fn what_the_plugin_prints_does_not_mix_with_the_results() {
    worldhost()
        .arg("process")
        .arg(guest("plugin-rust"))
        .arg("stdout:from inside")
        .assert()
        .success()
        .stdout("written\n")
        .stderr(predicate::str::contains("from inside"));
}

fn spawn(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_worldhost"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_result_comes_before_the_next_line_is_read() {
    let mut child = spawn(&["process", "tests/guests/plugin-rust.wasm"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for word in ["one", "two"] {
        writeln!(stdin, "{word}").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, format!("{}\n", word.to_uppercase()));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_ends_at_once_when_its_reader_has_enough() {
    let mut child = spawn(&["process", "tests/guests/plugin-rust.wasm"]);
    let mut stdin = child.stdin.take().unwrap();
    // Lines without end: only the reader's leaving can end this.
    let writer = std::thread::spawn(move || while stdin.write_all(b"more\n").is_ok() {});
    let mut first = [0; 5];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"MORE\n");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    writer.join().unwrap();
}

/// The most memory that the process had resident so far, in KiB.
#[cfg(target_os = "linux")]
fn peak_kib(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_flat_over_many_lines() {
    let mut child = spawn(&["process", "tests/guests/plugin-rust.wasm"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let line = format!("{}\n", "x".repeat(1000));
    let mut answer = String::new();
    let mut after_warm_up = 0;
    for n in 0..20_000 {
        stdin.write_all(line.as_bytes()).unwrap();
        answer.clear();
        stdout.read_line(&mut answer).unwrap();
        if n == 2_000 {
            after_warm_up = peak_kib(&child);
        }
    }
    let grown = peak_kib(&child) - after_warm_up;
    // 18 MB of input went through since.
    assert!(grown < 4096, "grew by {grown} KiB over 18,000 lines");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_failing_line_is_named_and_ends_it() {
    let output = worldhost()
        .arg("process")
        .arg(guest("plugin-rust"))
        .write_stdin("a\npanic\nb\n")
        .assert()
        .code(134)
        .stdout("A\n")
        .stderr(predicate::str::contains("asked to panic"));
    let line = support::one_line(&output.get_output().stderr);
    assert!(
        line.starts_with("error: line 2: process trapped: "),
        "{line}"
    );
}

#[test]
fn keep_going_uses_a_fresh_instance_and_remembers_the_failure() {
    worldhost()
        .args(["process", "--keep-going"])
        .arg(guest("plugin-rust"))
        .write_stdin("a\npanic\nb\n\u{fffd}\n")
        .assert()
        .code(134)
        .stdout("A\nB\n\u{fffd}\n")
        .stderr(predicate::str::contains("error: line 2: "));
}

#[test]
fn a_line_that_is_no_text_is_named() {
    worldhost()
        .args(["process", "--keep-going"])
        .arg(guest("plugin-rust"))
        .write_stdin(b"a\n\xff\nb\n".as_slice())
        .assert()
        .code(2)
        .stdout("A\nB\n")
        .stderr(predicate::str::contains("error: line 2: is not UTF-8"));
}

#[test]
fn an_instance_keeps_its_memory_from_line_to_line() {
    // Counts its calls in memory, and answers with so many `x`.
    let counts = plugin(
        "(i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))
         (memory.fill (i32.const 32) (i32.const 120) (i32.load (i32.const 16)))
         (i32.store (i32.const 8) (i32.const 32))
         (i32.store (i32.const 12) (i32.load (i32.const 16)))
         (i32.const 8)",
    );
    let scratch = Scratch::new();
    worldhost()
        .arg("process")
        .arg(scratch.file("counts.wasm", counts))
        .args(["a", "b", "c"])
        .assert()
        .success()
        .stdout("x\nxx\nxxx\n");
}

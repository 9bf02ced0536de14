//! `worldhost process`: the typed export of the project's own world.

use crate::support::{Scratch, command, guest, plugin, plugin_with, worldhost};
use predicates::prelude::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};
use wasm_encoder::{ComponentBuilder, ComponentExportKind};

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
    command()
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
    for options in [&[][..], &["--fresh"], &["--fresh", "--jobs", "3"]] {
        let component = ["tests/guests/plugin-rust.wasm"];
        let mut child = spawn(&[&["process"], options, &component].concat());
        let mut stdin = child.stdin.take().unwrap();
        // Lines without end: only the reader's leaving can end this.
        let writer = std::thread::spawn(move || while stdin.write_all(b"more\n").is_ok() {});
        let mut first = [0; 5];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        assert_eq!(&first, b"MORE\n");
        assert_eq!(child.wait().unwrap().code(), Some(0));
        writer.join().unwrap();
    }
}

/// The most memory that the process had resident so far, in KiB.
#[cfg(target_os = "linux")]
fn peak_kib(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_flat_over_many_lines() {
    flat(&["process", "tests/guests/plugin-rust.wasm"]);
    for jobs in ["1", "2"] {
        let component = "tests/guests/plugin-rust.wasm";
        flat(&["process", "--fresh", "--jobs", jobs, component]);
    }
}

#[cfg(target_os = "linux")]
fn flat(args: &[&str]) {
    let mut child = spawn(args);
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
    // The kernel sums up its counters only now and then: the peak may seem to fall.
    let grown = peak_kib(&child).saturating_sub(after_warm_up);
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
    let line = crate::support::one_line(&output.get_output().stderr);
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

/// Counts its calls in memory, and answers with so many `x`.
fn counts() -> Vec<u8> {
    plugin(
        "(i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))
         (memory.fill (i32.const 32) (i32.const 120) (i32.load (i32.const 16)))
         (i32.store (i32.const 8) (i32.const 32))
         (i32.store (i32.const 12) (i32.load (i32.const 16)))
         (i32.const 8)",
    )
}

#[test]
fn an_instance_keeps_its_memory_from_line_to_line_and_a_fresh_one_has_none() {
    let scratch = Scratch::new();
    let counts = scratch.file("counts.wasm", counts());
    let results = |options: &[&str]| {
        let mut command = worldhost();
        command.arg("process").args(options).arg(&counts);
        let output = command.args(["a", "b", "c"]).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(results(&[]), "x\nxx\nxxx\n");
    assert_eq!(results(&["--fresh"]), "x\nx\nx\n");
    assert_eq!(results(&["--fresh", "--jobs", "2"]), "x\nx\nx\n");
}

#[test]
fn fresh_instances_give_their_results_in_the_order_of_the_lines() {
    // The longer the line, the longer it takes; the answer is the line.
    let echo = plugin(
        "(local $n i32)
         (local.set $n (i32.mul (local.get $len) (i32.const 10000)))
         (loop $again
             (local.set $n (i32.sub (local.get $n) (i32.const 1)))
             (br_if $again (i32.gt_s (local.get $n) (i32.const 0))))
         (i32.store (i32.const 8) (local.get $ptr))
         (i32.store (i32.const 12) (local.get $len))
         (i32.const 8)",
    );
    let scratch = Scratch::new();
    let echo = scratch.file("echo.wasm", echo);
    let lines: String = (0..3000u64)
        .map(|n| format!("{n}{}\n", "-".repeat((n * 7919 % 101) as usize)))
        .collect();
    for jobs in ["1", "4", "16"] {
        let mut command = worldhost();
        command
            .args(["process", "--fresh", "--jobs", jobs])
            .arg(&echo);
        let output = command.write_stdin(lines.clone()).output().unwrap();
        assert_eq!(output.stderr, b"");
        assert!(
            output.stdout == lines.as_bytes(),
            "out of order, or not all"
        );
    }
}

#[test]
fn a_failing_line_is_named_in_fresh_instances_too() {
    let fails = |options: &[&str], stdout: &str, errors: usize| {
        let mut command = worldhost();
        command
            .args(["process", "--fresh", "--jobs", "2"])
            .args(options);
        command.arg(guest("plugin-rust"));
        let output = command.write_stdin("a\npanic\nb\npanic\nc\n").output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(134));
        assert_eq!(String::from_utf8(output.stdout).unwrap(), stdout);
        let stderr = String::from_utf8(output.stderr).unwrap();
        let found: Vec<&str> = stderr
            .lines()
            .filter(|l| l.starts_with("error: "))
            .collect();
        assert_eq!(found.len(), errors, "{stderr}");
        assert!(
            found[0].starts_with("error: line 2: process trapped: "),
            "{found:?}"
        );
    };
    fails(&[], "A\n", 1);
    fails(&["--keep-going"], "A\nB\nC\n", 2);
}

#[test]
fn jobs_do_not_write_into_the_midst_of_each_others_lines() {
    let mut command = worldhost();
    command
        .args(["process", "--fresh", "--jobs", "4", "--keep-going"])
        .arg(guest("plugin-rust"))
        .write_stdin("panic\n".repeat(200));
    let stderr = String::from_utf8(command.output().unwrap().stderr).unwrap();
    let mut lines: Vec<&str> = stderr.lines().collect();
    for start in [
        "",
        "[log] processing: panic",
        "thread '<unnamed>' (1) panicked at plugin-rust/",
        "asked to panic",
        "note: run with `RUST_BACKTRACE=1`",
        "error: line ",
    ] {
        let before = lines.len();
        lines.retain(|line| !line.starts_with(start) || start.is_empty() && !line.is_empty());
        assert_eq!(before - lines.len(), 200, "{start:?} in {stderr}");
    }
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn a_component_that_no_slot_has_room_for_gets_fresh_instances_too() {
    let memories = "(memory 1)".repeat(10);
    let large = plugin_with(&memories, "(i32.const 8)");
    let scratch = Scratch::new();
    worldhost()
        .args(["process", "--fresh"])
        .arg(scratch.file("large.wasm", large))
        .args(["a", "b"])
        .assert()
        .success()
        .stdout("\n\n");
}

/// Of a result that has a line feed, the reader of lines cannot tell where it ends.
#[test]
fn results_can_be_told_apart_whatever_is_in_them() {
    let component = guest("plugin-rust");
    let results = |options: &[&str], inputs: &[&str], code: i32| {
        let mut command = worldhost();
        command.arg("process").args(options).arg(&component);
        let output = command.args(inputs).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{options:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let forged = "a\nb\u{1b}[2J";
    assert_eq!(results(&[], &[forged, "c"], 0), "A\nB\u{1b}[2J\nC\n");
    assert_eq!(results(&["-0"], &[forged, "c"], 0), "A\nB\u{1b}[2J\0C\0");
    assert_eq!(
        results(&["--json"], &[forged, "c"], 0),
        "{\"input\":1,\"result\":\"A\\nB\\u001b[2J\"}\n{\"input\":2,\"result\":\"C\"}\n"
    );
    for fresh in [&[][..], &["--fresh"]] {
        let options = [&["--json", "--keep-going"], fresh].concat();
        let found = results(&options, &["a", "panic", "b"], 134);
        let lines: Vec<serde_json::Value> = found
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 3, "{found}");
        assert_eq!(lines[0], serde_json::json!({"input": 1, "result": "A"}));
        assert_eq!(lines[1]["code"], 134);
        assert!(lines[1]["error"].as_str().unwrap().contains("trapped"));
        assert_eq!(lines[2], serde_json::json!({"input": 3, "result": "B"}));
    }
}

/// Under `-0` a zero byte is the end of a result, and not a part of it.
#[test]
fn a_result_with_a_zero_byte_is_refused_under_0() {
    let body = "(i32.store (i32.const 8) (i32.const 16)) (i32.store (i32.const 12) (i32.const 1))
        (i32.const 8)";
    let scratch = Scratch::new();
    let zero = scratch.file("zero.wasm", plugin(body));
    worldhost()
        .args(["process", "-0"])
        .arg(&zero)
        .arg("x")
        .assert()
        .code(125)
        .stdout("")
        .stderr(predicate::str::contains("the result has a zero byte"));
}

/// A component composed of three, each with a memory of its own, the first of which is a
/// plugin.
fn composed_of_three() -> Vec<u8> {
    let other = "(component (core module $m (memory 1)) (core instance (instantiate $m)))";
    let other = wat::parse_str(other).unwrap();
    let mut whole = ComponentBuilder::default();
    let instances = [plugin("(i32.const 8)"), other.clone(), other].map(|part| {
        let part = whole.component_raw(None, &part);
        let none: [(&str, ComponentExportKind, u32); 0] = [];
        whole.instantiate(None, part, none)
    });
    let process = whole.alias_export(instances[0], "process", ComponentExportKind::Func);
    whole.export("process", ComponentExportKind::Func, process, None);
    whole.finish()
}

/// Each has a memory, or two with its adapter; the slots of a pool are for all of them.
#[test]
fn a_component_of_several_memories_gets_fresh_instances() {
    let two_more = plugin_with("(memory 1) (memory 1)", "(i32.const 8)");
    let scratch = Scratch::new();
    for (name, component) in [("module", two_more), ("composed", composed_of_three())] {
        let path = scratch.file(&format!("{name}.wasm"), component);
        for jobs in ["1", "2"] {
            let mut command = worldhost();
            command.args(["process", "--fresh", "--jobs", jobs]);
            let assert = command.arg(&path).args(["a", "b", "c"]).assert();
            assert.success().stdout("\n\n\n").stderr("");
        }
    }
}

#[test]
fn jobs_are_for_fresh_instances() {
    worldhost()
        .args(["process", "--jobs", "2"])
        .arg(guest("plugin-rust"))
        .assert()
        .code(2)
        .stderr("error: --jobs needs --fresh: process is not async, and an instance has one input at a time\n");
    for args in [&["--jobs", "2"][..], &["--fresh", "--jobs", "0"]] {
        worldhost()
            .arg("process")
            .args(args)
            .arg(guest("plugin-rust"))
            .assert()
            .code(2);
    }
}

//! `worldhost run`: real commands, of WASI 0.2 and 0.3.

use crate::support::{Scratch, component, guest, worldhost};
use predicates::prelude::*;

#[test]
fn arguments_reach_the_guest_as_they_are() {
    worldhost()
        .arg("run")
        .arg(guest("command"))
        .args(["args", "--verbose", "a b", "-x", "é"])
        .assert()
        .success()
        .stdout("--verbose\na b\n-x\né\n");
}

#[test]
fn stdin_is_inherited_and_streams() {
    worldhost()
        .arg("run")
        .arg(guest("command"))
        .arg("stdin")
        .write_stdin("one\ntwo\n")
        .assert()
        .success()
        .stdout("ONE\nTWO\n");
}

#[test]
fn clocks_and_random_numbers_need_no_grant() {
    worldhost()
        .arg("run")
        .arg(guest("command"))
        .arg("clocks")
        .assert()
        .success()
        .stdout("wall-after-2020 true\nmonotonic-advances true\n");

    let random = || {
        let output = worldhost()
            .arg("run")
            .arg(guest("command"))
            .arg("random")
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let (first, second) = (random(), random());
    let numbers: Vec<&str> = first
        .split_whitespace()
        .chain(second.split_whitespace())
        .collect();
    assert_eq!(numbers.len(), 4, "{first}{second}");
    for (i, number) in numbers.iter().enumerate() {
        assert!(!numbers[..i].contains(number), "{numbers:?} repeat");
    }
}

#[test]
fn a_panic_is_a_trap_and_frames_come_only_when_asked_for() {
    let run = |args: &[&str]| {
        let output = worldhost()
            .args(args)
            .arg(guest("command"))
            .arg("panic")
            .output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(134));
        String::from_utf8(output.stderr).unwrap()
    };
    let short = run(&["run"]);
    assert!(
        short.contains("asked to panic"),
        "the guest's own words: {short}"
    );
    let line = crate::support::one_line(short.as_bytes());
    assert!(line.contains("wasi:cli/run@0.2.12 trapped"), "{line}");
    assert!(line.contains("`unreachable`"), "{line}");
    assert!(!short.contains("0: "), "{short}");

    let long = run(&["run", "-v"]);
    assert!(long.contains("\n  0: "), "{long}");
    assert!(long.contains("wasi:cli/run@0.2.12#run"), "{long}");
}

#[test]
fn the_guests_exit_code_is_the_commands() {
    let exits = |args: &[&str], code: i32| {
        worldhost()
            .arg("run")
            .arg(guest("command"))
            .args(args)
            .assert()
            .code(code);
    };
    exits(&["exit", "0"], 0);
    // WASI preview1's adapter has one code for every failure ...
    exits(&["exit", "3"], 1);
    // ... and wasi:cli/exit has them all.
    exits(&["exit-code", "3"], 3);
    exits(&["exit-code", "255"], 255);
}

#[test]
fn a_run_that_returns_an_error_is_exit_code_1() {
    let wit = "package test:fails; world fails { export wasi:cli/run@0.2.12; }";
    let core = r#"(module
        (memory (export "memory") 1)
        (func (export "wasi:cli/run@0.2.12#run") (result i32) (i32.const 1)))"#;
    let scratch = Scratch::new();
    let fails = scratch.file("fails.wasm", component(wit, "fails", core));
    worldhost()
        .arg("run")
        .arg(fails)
        .assert()
        .code(1)
        .stderr("");
}

#[test]
fn a_command_of_wasi_0_3_runs() {
    worldhost()
        .arg("run")
        .arg(guest("command-p3"))
        .args(["args", "a", "b c"])
        .assert()
        .success()
        .stdout("a\nb c\n");
    worldhost()
        .arg("run")
        .arg(guest("command-p3"))
        .arg("stdin")
        .write_stdin("one\ntwo\n")
        .assert()
        .success()
        .stdout("ONE\nTWO\n");
    worldhost()
        .arg("run")
        .arg(guest("command-p3"))
        .arg("panic")
        .assert()
        .code(134)
        .stderr(predicate::str::contains("wasi:cli/run@0.3.0 trapped"));
    worldhost()
        .arg("run")
        .arg(guest("command-p3"))
        .args(["exit", "9"])
        .assert()
        .code(9);
}

/// A command with a `run` of both versions, exported in this order: that of 0.2 traps,
/// as Rust's standard library has it beside the real one.
fn of_both(exports: [&str; 2]) -> Vec<u8> {
    let exports = exports.map(|version| {
        let minor = &version[..3];
        format!(r#"(export "wasi:cli/run@{version}" (instance $run{minor}))"#)
    });
    let text = format!(
        r#"(component
            (core module $module
                (func (export "run0.2") (result i32) unreachable)
                (func (export "run0.3") (result i32) (i32.const 0)))
            (core instance $core (instantiate $module))
            (func $run0.2 (result (result)) (canon lift (core func $core "run0.2")))
            (func $run0.3 async (result (result)) (canon lift (core func $core "run0.3")))
            (instance $run0.2 (export "run" (func $run0.2)))
            (instance $run0.3 (export "run" (func $run0.3)))
            {})"#,
        exports.concat()
    );
    wat::parse_str(text).unwrap()
}

#[test]
fn a_command_of_both_versions_is_run_by_wasi_0_3() {
    let scratch = Scratch::new();
    for exports in [["0.2.12", "0.3.0"], ["0.3.0", "0.2.12"]] {
        let both = scratch.file("both.wasm", of_both(exports));
        worldhost()
            .arg("run")
            .arg(&both)
            .assert()
            .success()
            .stderr("");
        worldhost()
            .arg("check")
            .arg(&both)
            .assert()
            .success()
            .stdout(predicate::str::contains("fits wasi:cli/command@0.3.0"));
    }
}

#[test]
fn version_and_help_tell_what_a_user_looks_for() {
    worldhost()
        .arg("--version")
        .assert()
        .success()
        .stdout(predicate::str::starts_with("worldhost "))
        .stdout(predicate::str::contains("(wasmtime 48."))
        .stdout(predicate::str::ends_with(", WASI 0.2.12 and 0.3.0)\n"));
    for subcommand in ["run", "process"] {
        worldhost()
            .args([subcommand, "--help"])
            .assert()
            .success()
            .stdout(predicate::str::contains("Examples:"))
            .stdout(predicate::str::contains("--allow-net <HOST:PORT>"));
    }
}

#[test]
fn completions_are_scripts_of_their_shell() {
    for (shell, part) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef worldhost"),
        ("fish", "complete -c worldhost"),
    ] {
        worldhost()
            .args(["completions", shell])
            .assert()
            .success()
            .stdout(predicate::str::contains(part));
    }
}

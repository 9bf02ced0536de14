//! Pipes: a reader of stdout that has gone, and a component that comes out of one.

use crate::support::{command, guest, plugin_with, worldhost};
use predicates::prelude::*;
use predicates::str::contains;
use std::fs::read;
use std::process::{Command, Stdio};

/// Runs it with stdout to a pipe that nobody reads: the exit code and stderr.
fn unread(mut command: Command) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(writer).stderr(Stdio::piped()).spawn();
    let output = output.unwrap().wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), stderr)
}

#[test]
fn that_the_reader_has_gone_is_no_failure_of_any_command() {
    let rust = guest("plugin-rust");
    let rust = rust.to_str().unwrap();
    let released = "wit/released/0.1.0.wit";
    for args in [
        &["wit", "bindings"][..],
        &["wit", "bindings", "--api"],
        &["wit", "diff", "--world", "plugin", released],
        &["wit", "diff", "--world", "plugin", "--json", released],
        &["wit", "verify"],
        &["wit", "release", "--print", "--world", "plugin"],
        &["cache", "info"],
        &["cache", "verify"],
        &["completions", "bash"],
        &["inspect", rust],
        &["inspect", "--json", rust],
        &["check", rust],
        &["check", rust, "no-such.wasm"],
        &["call", "--list", rust],
        &["call", rust, "process(\"x\")"],
        &["process", rust, "one", "two"],
        &["process", "--fresh", rust, "one", "two"],
    ] {
        let run = || {
            let mut command = command();
            command.args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
            command
        };
        let read = run().output().unwrap().status.code();
        let (code, stderr) = unread(run());
        assert!(!stderr.contains("error"), "{args:?}: {stderr}");
        assert_eq!(code, read, "{args:?}: {stderr}");
    }
}

/// Runs it with a component that can be read once, at `/dev/stdin`.
fn piped(args: &[&str]) -> assert_cmd::assert::Assert {
    let bytes = read(guest("plugin-rust")).unwrap();
    worldhost().args(args).write_stdin(bytes).assert()
}

#[test]
fn a_component_may_come_out_of_a_pipe() {
    let component = "/dev/stdin";
    piped(&["call", component, "process(\"x\")"])
        .success()
        .stdout("\"X\"\n");
    piped(&["call", "--list", component]).success();
    piped(&["process", component, "x", "y"])
        .success()
        .stdout("X\nY\n");
    for jobs in ["1", "2"] {
        piped(&["process", "--fresh", "--jobs", jobs, component, "x", "y"])
            .success()
            .stdout("X\nY\n");
    }
    piped(&["check", component]).success();
    piped(&["inspect", component]).success();
}

/// What is said of one that does not fit is found out without opening it again.
#[test]
fn a_component_out_of_a_pipe_is_explained_as_any_other() {
    let stock = read(guest("inventory")).unwrap();
    let link = ["process", "/dev/stdin", "x"];
    worldhost()
        .args(link)
        .write_stdin(stock)
        .assert()
        .code(126)
        .stderr(contains("  import example:inventory/stock@1.0.0"));

    let wit = "package test:other; world other { export process: func(input: u32) -> u32; }";
    let core = r#"(module (func (export "process") (param i32) (result i32) unreachable))"#;
    let other = crate::support::component(wit, "other", core);
    for args in [&link[..], &["process", "--fresh", "/dev/stdin", "x"]] {
        worldhost()
            .args(args)
            .write_stdin(other.clone())
            .assert()
            .code(126)
            .stderr(contains("does not fit the world"))
            .stderr(contains("  export process"));
    }
}

/// Nor is what is wrong with it looked for in a second reading, which would find nothing.
#[test]
fn what_is_no_component_and_comes_out_of_a_pipe_is_explained() {
    let mut cut = read(guest("plugin-rust")).unwrap();
    cut.truncate(1000);
    let module = wat::parse_str("(module (func (export \"f\")))").unwrap();
    for (bytes, words) in [
        (
            b"some text".to_vec(),
            "is not WebAssembly: it is plain text",
        ),
        (module, "is a core WebAssembly module"),
        (cut, "is not a valid component: "),
    ] {
        for args in [
            &["process", "/dev/stdin", "x"][..],
            &["process", "--fresh", "/dev/stdin", "x"],
            &["process", "--fresh", "--jobs", "2", "/dev/stdin", "x"],
            &["call", "/dev/stdin", "f()"],
            &["run", "/dev/stdin"],
        ] {
            let mut command = worldhost();
            let assert = command.args(args).write_stdin(bytes.clone()).assert();
            assert.code(126).stderr(contains(words).count(1));
        }
    }
}

#[test]
fn what_failed_on_the_way_is_shown_with_its_frames_when_asked_for() {
    let core = "(func $_ZN5guest6deeply17h0123456789abcdefE unreachable)";
    let body = "call $_ZN5guest6deeply17h0123456789abcdefE unreachable";
    let scratch = crate::support::Scratch::new();
    let path = scratch.file("deep.wasm", plugin_with(core, body));
    for fresh in [&[][..], &["--fresh", "--jobs", "2"]] {
        let run = |verbose: &[&str]| {
            let mut command = worldhost();
            command.args(verbose).args(["process", "--keep-going"]);
            command.args(fresh).arg(&path).arg("x").assert().code(134)
        };
        run(&["-v"]).stderr(contains("guest::deeply"));
        run(&[]).stderr(contains("guest::deeply").not());
    }
}

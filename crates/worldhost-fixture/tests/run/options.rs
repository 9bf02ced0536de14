//! Where our options end and the guest's words begin: at COMPONENT.

use crate::support::{Scratch, component, guest, one_line, plugin, worldhost};
use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, starts_with};
use std::ffi::OsStr;
use std::path::PathBuf;

/// A command that prints its arguments, a line each, and fails if it has a directory
/// or an environment.
fn prints_arguments() -> Vec<u8> {
    let wit = "package test:prints; world prints {
        include wasi:cli/imports@0.2.12; export wasi:cli/run@0.2.12; }";
    let core = r#"(module
        (import "wasi:cli/environment@0.2.12" "get-arguments" (func $arguments (param i32)))
        (import "wasi:cli/environment@0.2.12" "get-environment" (func $environment (param i32)))
        (import "wasi:filesystem/preopens@0.2.12" "get-directories" (func $directories (param i32)))
        (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
        (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
            (func $write (param i32 i32 i32 i32)))
        (memory (export "memory") 2)
        (data (i32.const 64) "\n")
        (global $free (mut i32) (i32.const 65536))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (local $at i32)
            (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
            (global.set $free (i32.add (local.get $at) (local.get 3)))
            (local.get $at))
        (func (export "wasi:cli/run@0.2.12#run") (result i32)
            (local $out i32) (local $at i32) (local $end i32)
            (local.set $out (call $stdout))
            (call $arguments (i32.const 0))
            (local.set $at (i32.load (i32.const 0)))
            (local.set $end (i32.add (local.get $at) (i32.mul (i32.load (i32.const 4)) (i32.const 8))))
            (block $done
                (loop $next
                    ;; The first is its own name.
                    (local.set $at (i32.add (local.get $at) (i32.const 8)))
                    (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
                    (call $write (local.get $out) (i32.load (local.get $at))
                        (i32.load offset=4 (local.get $at)) (i32.const 16))
                    (call $write (local.get $out) (i32.const 64) (i32.const 1) (i32.const 16))
                    (br $next)))
            (call $environment (i32.const 32))
            (call $directories (i32.const 40))
            (i32.ne (i32.const 0) (i32.add (i32.load (i32.const 36)) (i32.load (i32.const 44))))))"#;
    component(wit, "prints", core)
}

/// A plugin that answers with its input.
fn echo() -> Vec<u8> {
    plugin(
        "(i32.store (i32.const 8) (local.get $ptr))
         (i32.store (i32.const 12) (local.get $len))
         (i32.const 8)",
    )
}

/// Everything that a subcommand's `--help` names as an option, with a value where it
/// takes one; and what could be taken for an option of ours besides.
fn options(subcommand: &str) -> Vec<Vec<String>> {
    let help = worldhost().args([subcommand, "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let mut found = Vec::new();
    for line in help.lines() {
        let start = line.trim_start();
        if !start.starts_with('-') || line.len() - start.len() > 6 {
            continue;
        }
        for name in start.split([' ', ',']).filter(|word| word.starts_with('-')) {
            match start.contains('<') {
                true => found.extend([
                    vec![name.to_string(), "tests".to_string()],
                    vec![format!("{name}=tests")],
                ]),
                false => found.push(vec![name.to_string()]),
            }
        }
    }
    for part in ["--help", "-h", "-v", "--timeout=tests", "--no-cache"] {
        assert!(found.contains(&vec![part.to_string()]), "{part}: {found:?}");
    }
    // Those that are hidden, of the whole command, or nobody's.
    for word in [
        "--job",
        "--version",
        "-V",
        "--",
        "--unknown",
        "-5",
        "-vh",
        "---",
    ] {
        found.push(vec![word.to_string()]);
    }
    found
}

/// The words, a line each.
fn lines<'a>(words: impl IntoIterator<Item = &'a String>) -> String {
    words.into_iter().map(|word| format!("{word}\n")).collect()
}

#[test]
fn the_words_after_the_component_of_run_are_the_guests_arguments() {
    let scratch = Scratch::new();
    let prints = scratch.file("prints.wasm", prints_arguments());
    for words in options("run") {
        worldhost()
            .arg("run")
            .arg(&prints)
            .args(&words)
            .arg("last")
            .assert()
            .success()
            .stdout(lines(&words) + "last\n")
            .stderr("");
    }
    // That it would tell of a grant.
    worldhost()
        .args(["run", "--dir", "tests"])
        .arg(&prints)
        .assert()
        .code(1);
    worldhost()
        .args(["run", "--env", "A=1"])
        .arg(&prints)
        .assert()
        .code(1);
}

#[test]
fn the_words_after_the_component_of_process_are_inputs() {
    let scratch = Scratch::new();
    let echo = scratch.file("echo.wasm", echo());
    let options = options("process");
    for words in &options {
        worldhost()
            .arg("process")
            .arg(&echo)
            .args(words)
            .assert()
            .success()
            .stdout(lines(words))
            .stderr("");
    }
    let mut words = options.concat();
    words.insert(0, "process".to_string());
    worldhost()
        .args(["-v", "process", "--fresh", "--jobs", "2", "--"])
        .arg(&echo)
        .args(&words)
        .assert()
        .success()
        .stdout(lines(&words))
        .stderr("");
}

#[test]
fn of_the_inputs_a_hyphen_alone_is_stdin() {
    let scratch = Scratch::new();
    worldhost()
        .arg("process")
        .arg(scratch.file("echo.wasm", echo()))
        .args(["-5", "-", "--"])
        .write_stdin("--fresh\n-\n")
        .assert()
        .success()
        .stdout("-5\n--fresh\n-\n--\n");
}

#[test]
fn the_words_after_the_component_of_call_are_calls() {
    let scratch = Scratch::new();
    let echo = scratch.file("echo.wasm", echo());
    for words in options("call") {
        let failed = worldhost()
            .arg("call")
            .arg(&echo)
            .args(&words)
            .assert()
            .code(2)
            .stdout("");
        let line = one_line(&failed.get_output().stderr);
        let message = format!("exports no function `{}`", words[0]);
        assert!(line.contains(&message), "{line}");
        assert!(
            line.ends_with("; options for worldhost come before COMPONENT"),
            "{line}"
        );
    }
}

#[test]
fn two_hyphens_before_the_component_end_the_options() {
    let scratch = Scratch::new();
    let prints = scratch.file("prints.wasm", prints_arguments());
    worldhost()
        .args(["run", "--"])
        .arg(&prints)
        .args(["--", "--help"])
        .assert()
        .success()
        .stdout("--\n--help\n");
    let failed = worldhost().args(["run", "--", "--no.wasm"]).assert();
    let line = one_line(&failed.code(127).get_output().stderr);
    assert!(line.contains("no such file: --no.wasm"), "{line}");
}

#[test]
fn an_unknown_option_before_the_component_is_not_the_component() {
    for subcommand in ["run", "process", "call"] {
        for option in ["--unknown", "--dirr", "-5", "-x"] {
            worldhost()
                .args([subcommand, option])
                .arg(guest("command"))
                .arg("x")
                .assert()
                .code(2)
                .stdout("")
                .stderr(contains(format!("unexpected argument '{option}'")))
                .stderr(contains("an option of the component comes after COMPONENT"))
                // It would be COMPONENT then.
                .stderr(contains(format!("'-- {option}'")).not());
        }
        worldhost()
            .arg(subcommand)
            .assert()
            .code(2)
            .stderr(contains("<COMPONENT>"));
    }
}

#[test]
fn the_usage_names_the_component_and_what_comes_after_it() {
    for (subcommand, words, about) in [
        ("run", "ARGS", "Run a command component"),
        ("process", "INPUT", "Call `process`"),
        ("call", "CALL", "Call exports of a component"),
    ] {
        let usage =
            format!("Usage: worldhost-fixture {subcommand} [OPTIONS] <COMPONENT> [{words}]...\n");
        worldhost()
            .args([subcommand, "--help"])
            .assert()
            .success()
            .stdout(starts_with(about))
            .stdout(contains(usage))
            .stdout(contains("Options for worldhost come before COMPONENT;"));
    }
}

#[test]
fn call_wants_calls_or_the_list() {
    let refused = |args: &[&str], part: &str| {
        let failed = worldhost().arg("call").args(args).assert().code(2);
        let line = one_line(&failed.stdout("").get_output().stderr);
        assert!(line.contains(part), "{line}");
    };
    let plugin = "tests/guests/plugin-rust.wasm";
    refused(&[plugin], "there is no CALL");
    refused(
        &["--list", plugin, "process(\"x\")"],
        "--list calls nothing",
    );
}

#[cfg(unix)]
fn odd() -> &'static OsStr {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(b"\xff")
}

#[cfg(unix)]
#[test]
fn a_word_that_is_not_utf8_is_refused_in_one_line() {
    for (subcommand, place) in [("run", "argument 2"), ("call", "call 2")] {
        let failed = worldhost()
            .arg(subcommand)
            .arg(guest("command"))
            .args([OsStr::new("run()"), odd()])
            .assert()
            .code(2)
            .stdout("");
        let line = one_line(&failed.get_output().stderr);
        let message = format!("error: {place}: is not UTF-8");
        assert!(line.starts_with(&message), "{line}");
    }
    let scratch = Scratch::new();
    let echo = scratch.file("echo.wasm", echo());
    for options in [&[][..], &["--fresh", "--jobs", "2"]] {
        let failed = worldhost()
            .args(["process", "--keep-going"])
            .args(options)
            .arg(&echo)
            .args([OsStr::new("a"), odd(), OsStr::new("b")])
            .assert()
            .code(2)
            .stdout("a\nb\n");
        let line = one_line(&failed.get_output().stderr);
        assert!(line.starts_with("error: input 2: is not UTF-8"), "{line}");
    }
}

// macOS has no such names.
#[cfg(target_os = "linux")]
#[test]
fn a_components_path_need_not_be_utf8() {
    let scratch = Scratch::new();
    let path: PathBuf = scratch.path().join(odd());
    std::fs::write(&path, prints_arguments()).unwrap();
    worldhost()
        .arg("run")
        .arg(&path)
        .arg("--help")
        .assert()
        .success()
        .stdout("--help\n");
}

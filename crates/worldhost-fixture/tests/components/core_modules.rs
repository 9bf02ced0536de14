//! Core modules: a component is made of those that one can be made of, in memory or for
//! good.

use crate::support::{Scratch, guest, worldhost};
use predicates::prelude::*;
use predicates::str::contains;
use std::fs;
use std::path::PathBuf;

fn command_c(args: &[&str]) -> assert_cmd::assert::Assert {
    let component = guest("command-c");
    worldhost().arg("run").arg(component).args(args).assert()
}

#[test]
fn a_command_of_preview_1_runs() {
    command_c(&["args", "a", "b c"])
        .success()
        .stdout("command-c.wasm\n-\na\nb c\n")
        .stderr("");
    command_c(&["env", "HOME"]).success().stdout("(unset)\n");
    command_c(&["abort"]).code(134);
    worldhost()
        .args(["run", "--env", "A=1"])
        .arg(guest("command-c"))
        .args(["env", "A"])
        .assert()
        .success()
        .stdout("1\n");
    worldhost()
        .arg("run")
        .arg(guest("command-c"))
        .arg("copy")
        .write_stdin("from stdin")
        .assert()
        .success()
        .stdout("from stdin");
}

/// As the published adapter cannot.
#[test]
fn its_exit_code_is_kept() {
    for code in [0, 1, 3, 33, 255] {
        command_c(&["exit", &code.to_string()]).code(code);
    }
}

#[test]
fn its_files_are_those_that_were_granted() {
    let scratch = Scratch::new();
    let run = |option: &str, args: &[&str]| {
        let grant = format!("{}::/d", scratch.path().display());
        let mut command = worldhost();
        command.args(["run", option, &grant]);
        command.arg(guest("command-c")).args(args).assert()
    };
    run("--dir", &["write", "/d/new", "text"]).success();
    run("--dir-ro", &["cat", "/d/new"]).success().stdout("text");
    run("--dir-ro", &["write", "/d/new", "other"]).code(1);
    run("--dir", &["cat", "/etc/passwd"]).code(1);
    assert_eq!(fs::read(scratch.path().join("new")).unwrap(), b"text");
}

#[test]
fn what_runs_is_said_when_asked_for() {
    worldhost()
        .args(["run", "-v"])
        .arg(guest("command-c"))
        .arg("args")
        .assert()
        .success()
        .stderr(contains(
            "is a core module; what runs is a component that was made of it",
        ));
    worldhost()
        .args(["inspect", "--json"])
        .arg(guest("command-c"))
        .assert()
        .success()
        .stdout(contains(r#""adapted":true"#));
    worldhost()
        .args(["check"])
        .arg(guest("command-c"))
        .assert()
        .success()
        .stdout(contains("fits wasi:cli/command"));
}

#[test]
fn it_is_in_the_cache_and_apart_from_the_file_as_it_is() {
    let scratch = Scratch::new();
    let module = scratch.file("tool.wasm", fs::read(guest("command-c")).unwrap());
    // So that what it holds is noted.
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    fs::File::options()
        .write(true)
        .open(&module)
        .unwrap()
        .set_modified(old)
        .unwrap();
    let cache = scratch.path().join("cache");
    let run = || {
        let mut command = worldhost();
        command.env("WORLDHOST_CACHE_DIR", &cache);
        command.arg("run").arg(&module).args(["exit", "7"]);
        command.assert().code(7);
    };
    run();
    let code = || -> Vec<PathBuf> {
        let found = fs::read_dir(&cache).unwrap();
        let mut found: Vec<_> = found.map(|entry| entry.unwrap().path()).collect();
        found.sort();
        found
    };
    let before = code();
    assert!(!before.is_empty());
    run();
    assert_eq!(code(), before, "the second run compiled it again");
}

#[test]
fn a_component_is_made_for_good() {
    let scratch = Scratch::new();
    let module = scratch.file("tool.wasm", fs::read(guest("command-c")).unwrap());
    worldhost()
        .arg("componentize")
        .arg(&module)
        .assert()
        .success();
    let component = scratch.path().join("tool.component.wasm");
    worldhost()
        .args(["inspect", "--wit"])
        .arg(&component)
        .assert()
        .success()
        .stdout(contains("export wasi:cli/run@0.2."));
    worldhost()
        .arg("run")
        .arg(&component)
        .args(["args", "x"])
        .assert()
        .success()
        .stdout(contains("x\n"));
    // It is for any host: nothing unstable is in it.
    worldhost()
        .args(["inspect", "--wit"])
        .arg(&component)
        .assert()
        .stdout(contains("exit-with-code").not());
    worldhost()
        .arg("componentize")
        .arg(&component)
        .assert()
        .code(2)
        .stderr(contains("is a component already"));
}

/// A device is written to. To put a file in its place would be the end of it for everybody.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let scratch = Scratch::new();
    let pipe = scratch.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let reading = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    worldhost()
        .arg("componentize")
        .arg(guest("command-c"))
        .arg("-o")
        .arg(&pipe)
        .assert()
        .success();
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    assert!(reading.join().unwrap().starts_with(b"\0asm"));
}

/// What a toolchain leaves that has the world's types and no component around them.
#[test]
fn a_module_with_a_component_type_is_of_that_world() {
    let scratch = Scratch::new();
    let module = crate::support::core_plugin(
        "",
        "(i32.store (i32.const 8) (local.get $ptr))
         (i32.store (i32.const 12) (local.get $len))
         (i32.const 8)",
    );
    let module = scratch.file("plugin.wasm", module);
    worldhost()
        .arg("process")
        .arg(&module)
        .arg("same")
        .assert()
        .success()
        .stdout("same\n");
    worldhost()
        .arg("call")
        .arg(&module)
        .arg("process(\"same\")")
        .assert()
        .success()
        .stdout("\"same\"\n");
}

fn refused(text: &str, words: &[&str]) {
    let scratch = Scratch::new();
    let module = scratch.file("module.wasm", wat::parse_str(text).unwrap());
    for command in ["run", "check", "inspect", "componentize"] {
        let output = worldhost().arg(command).arg(&module).output().unwrap();
        assert_eq!(output.status.code(), Some(126), "{command} {text}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        for word in words {
            assert!(said.contains(word), "{command} {text}: {said}");
        }
    }
}

#[test]
fn a_module_of_another_system_is_refused_by_its_name() {
    let import = |from: &str, name: &str| {
        format!(r#"(module (import "{from}" "{name}" (func)) (func (export "_start")))"#)
    };
    for (from, name, system) in [
        ("wasi_unstable", "fd_write", "the WASI of before preview 1"),
        ("wasi", "thread-spawn", "wasi-threads"),
        ("wasix_32v1", "thread_spawn", "WASIX"),
        ("wbg", "__wbindgen_throw", "JavaScript, by wasm-bindgen"),
        ("./app_bg.js", "__wbg_log", "JavaScript, by wasm-bindgen"),
        ("gojs", "runtime.wasmExit", "JavaScript, by Go"),
        ("env", "emscripten_resize_heap", "JavaScript, by Emscripten"),
        ("env", "proxy_log", "Proxy-Wasm"),
        ("extism:host/env", "input_length", "Extism"),
        (
            "wasi_ephemeral_nn",
            "load",
            "an extension of WASI preview 1",
        ),
    ] {
        refused(&import(from, name), &[system, name]);
    }
    let words = ["it imports `log` from `host`, which is not of WASI preview 1"];
    refused(&import("host", "log"), &words);
}

#[test]
fn a_module_that_no_component_can_be_made_of() {
    let exit = r#"(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))"#;
    refused(
        &format!(r#"(module {exit} (func (export "add")))"#),
        &["it is a library of WASI preview 1", "no `_start`"],
    );
    refused(
        r#"(module (func (export "add")))"#,
        &["is a core WebAssembly module, not a component"],
    );
    // A function of preview 1 that there never was.
    refused(
        r#"(module (import "wasi_snapshot_preview1" "fd_frobnicate" (func))
             (memory (export "memory") 1) (func (export "_start")))"#,
        &["cannot be made a component", "fd_frobnicate"],
    );
}

#[test]
fn a_command_that_asks_for_nothing_runs() {
    let scratch = Scratch::new();
    let text = r#"(module (memory (export "memory") 1) (func (export "_start")))"#;
    let module = scratch.file("quiet.wasm", wat::parse_str(text).unwrap());
    worldhost().arg("run").arg(&module).assert().success();
    let none = r#"(module (func (export "_start")))"#;
    refused(none, &["it exports no `memory`"]);
}

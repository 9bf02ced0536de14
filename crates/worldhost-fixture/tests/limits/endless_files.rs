//! Files that have no end, or say that they have none: each command that reads one is done
//! with it soon, in one line.

use crate::support::{Scratch, command, one_line};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn output(mut worldhost: Command) -> Output {
    worldhost.stdin(Stdio::null());
    let mut command = assert_cmd::Command::from_std(worldhost);
    command.timeout(Duration::from_secs(60)).output().unwrap()
}

fn ways(file: &Path) -> Vec<Command> {
    let way = |args: &[&str], after: &[&str]| {
        let mut command = command();
        command.args(args).arg(file).args(after);
        command
    };
    vec![
        way(&["run", "--no-cache"], &[]),
        way(&["process"], &["x"]),
        way(&["process", "--fresh"], &["x"]),
        way(&["call"], &["f()"]),
        way(&["inspect"], &[]),
        way(&["compile", "-o", "/dev/null"], &[]),
        way(&["componentize", "-o", "/dev/null"], &[]),
    ]
}

#[track_caller]
fn refused(file: &Path, words: &str) {
    for command in ways(file) {
        let said = format!("{command:?}");
        let output = output(command);
        assert_eq!(output.status.code(), Some(126), "{said}: {output:?}");
        let line = one_line(&output.stderr);
        assert!(line.contains(words), "{said}: {line}");
    }
    let mut check = command();
    check.arg("check").arg(file);
    let output = output(check);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(126), "{said}");
    assert!(said.contains(words), "{said}");
}

#[test]
fn devices_and_files_of_the_kernel() {
    refused(Path::new("/dev/zero"), "is not WebAssembly");
    refused(Path::new("/dev/urandom"), "is not WebAssembly");
    refused(Path::new("/proc/self/status"), "is not WebAssembly");
    refused(Path::new("/proc/self/mem"), "cannot read");
}

/// Of 100 GB, which take no room on the disk.
#[test]
fn a_file_with_a_hole() {
    let scratch = Scratch::new();
    let path = scratch.file("hole.wasm", b"\0asm\x0d\0\x01\0");
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len(100 << 30).unwrap();
    refused(&path, "is larger than 268435456 bytes");
}

/// One begins as a component and never ends.
#[test]
fn pipes_without_an_end() {
    let scratch = Scratch::new();
    let path = scratch.path().join("pipe");
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    for (beginning, words) in [
        (&b"\0asm\x0d\0\x01\0"[..], "is larger than 1048576 bytes"),
        (b"text", "is not WebAssembly"),
    ] {
        for args in [&["run"][..], &["inspect"], &["compile", "-o", "/dev/null"]] {
            let pipe = path.clone();
            let writer = std::thread::spawn(move || {
                let mut pipe = File::options().write(true).open(pipe).unwrap();
                let _ = pipe.write_all(beginning);
                while pipe.write_all(&[b'a'; 4096]).is_ok() {}
            });
            let mut command = command();
            command
                .args(args)
                .args(["--max-component-size", "1MiB"])
                .arg(&path);
            let output = output(command);
            assert_eq!(output.status.code(), Some(126), "{args:?}: {output:?}");
            let line = one_line(&output.stderr);
            assert!(line.contains(words), "{args:?}: {line}");
            writer.join().unwrap();
        }
    }
}

/// As WIT, and as calls.
#[test]
fn what_is_no_component() {
    for path in ["/dev/zero", "/proc/self/mem"] {
        let mut command = command();
        command.args(["wit", "diff", path]);
        let output = output(command);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let line = one_line(&output.stderr);
        assert!(line.contains(path), "{line}");
    }
    let mut command = command();
    command
        .args(["call", "tests/guests/plugin-rust.wasm", "-"])
        .stdin(File::open("/dev/zero").unwrap());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let line = one_line(&output.stderr);
    assert!(line.contains("67108864 bytes"), "{line}");
}

/// A pipe that has come to have a component's name: who compiles in the background is told
/// of a file, and holds up all others if it waits.
#[test]
fn a_pipe_in_the_place_of_a_file() {
    let scratch = Scratch::new();
    let path = scratch.path().join("pipe");
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let mut optimize = command();
    optimize.args(["optimize", "--alone", "--"]).arg(&path);
    let output = output(optimize);
    let line = one_line(&output.stderr);
    assert_eq!(output.status.code(), Some(126), "{line}");
    assert!(line.contains("is no file"), "{line}");
}

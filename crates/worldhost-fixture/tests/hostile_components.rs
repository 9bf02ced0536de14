//! Components that come to far more than they are, under every command that reads one.
//! Each is refused in a line that names the limit, its value and the option, before it has
//! taken memory or time.

#![cfg(unix)]

mod support;

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;
use support::bombs;
use support::{Scratch, command};

/// Kilobytes of memory that each command must do with.
const MEMORY: usize = 400_000;

/// The command in a shell that lets it have so much memory, and no more.
fn bounded(args: &[&str], component: &Path, after: &[&str]) -> Output {
    let worldhost = command();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("ulimit -d {MEMORY}; exec \"$@\""), "sh"])
        .arg(worldhost.get_program())
        .args(args)
        .arg(component)
        .args(after)
        .current_dir(worldhost.get_current_dir().unwrap());
    for (name, value) in worldhost.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let mut command = assert_cmd::Command::from_std(shell);
    command.timeout(Duration::from_secs(60)).output().unwrap()
}

const WAYS: &[(&[&str], &[&str])] = &[
    (&["run", "--compiler", "cranelift"], &[]),
    (&["run", "--compiler", "winch"], &[]),
    (&["run", "--no-cache"], &[]),
    (&["process", "--compiler", "cranelift"], &["x"]),
    (&["process", "--compiler", "winch", "--fresh"], &["x"]),
    (&["process", "--fresh"], &["x"]),
    (&["call", "--compiler", "cranelift"], &["f()"]),
    (&["call", "--compiler", "winch"], &["f()"]),
    (&["call", "--list"], &[]),
    (&["compile", "-o", "/dev/null"], &[]),
    (&["inspect"], &[]),
    (&["inspect", "--json"], &[]),
];

#[test]
fn every_command_refuses_what_comes_to_too_much() {
    let scratch = Scratch::new();
    let mut wrong = Vec::new();
    for bomb in bombs::all() {
        let file = scratch.file(&format!("{}.wasm", bomb.name), &bomb.bytes);
        for (args, after) in WAYS {
            let output = bounded(args, &file, after);
            let advice = format!("if you trust it, allow more with {}\n", bomb.option);
            let said = String::from_utf8_lossy(&output.stderr);
            let is_told =
                said.lines().count() == 1 && said.contains("more than ") && said.ends_with(&advice);
            if output.status.code() != Some(126) || !is_told {
                wrong.push(format!("{} {args:?}: {} {said}", bomb.name, output.status));
            }
        }
        let output = bounded(&["check"], &file, &[]);
        let said = String::from_utf8_lossy(&output.stdout);
        if output.status.code() != Some(126) || !said.contains("more than ") {
            wrong.push(format!("{} check: {} {said}", bomb.name, output.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! Commands that look at a component and run nothing of it: however much it is within what is
//! counted, they end in bounded memory; and what no count bounds ends in bounded time.

use crate::support::{Scratch, command, near, one_line};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

/// Kilobytes of memory that each command must do with.
const MEMORY: usize = 600_000;

/// The command on a component, with so much memory and no more.
fn look(args: &[&str], component: &Path) -> Output {
    let worldhost = command();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("ulimit -d {MEMORY}; exec \"$@\""), "sh"])
        .arg(worldhost.get_program())
        .args(args)
        .arg(component)
        .current_dir(worldhost.get_current_dir().unwrap());
    for (name, value) in worldhost.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let mut shell = assert_cmd::Command::from_std(shell);
    shell.timeout(Duration::from_secs(300)).output().unwrap()
}

#[test]
fn what_is_near_the_limits_is_looked_at_in_bounded_memory() {
    let scratch = Scratch::new();
    let mut wrong = Vec::new();
    for (name, bytes) in near::all() {
        let file = scratch.file(&format!("{name}.wasm"), bytes);
        for command in ["inspect", "check"] {
            let output = look(&[command], &file);
            let said = String::from_utf8_lossy(&output.stderr);
            // It does or does not fit; it is no component of this world.
            let ended = matches!(output.status.code(), Some(0 | 126));
            if !ended || said.contains("memory") || said.lines().count() > 1 {
                wrong.push(format!("{name} {command}: {} {said}", output.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The validator looks at every value of every target, so that there is no count of anything
/// that would bound it.
#[test]
fn what_takes_too_long_to_look_at_is_refused_in_time() {
    let scratch = Scratch::new();
    // Some minutes of work.
    let file = scratch.file("jumps.wasm", near::jumps(100_000, 1000, 100));
    for args in [&["inspect"][..], &["inspect", "--json"], &["check"]] {
        let args = [args, &["--max-compile-time", "1s"]].concat();
        let output = look(&args, &file);
        let line = one_line(&output.stderr);
        assert_eq!(output.status.code(), Some(126), "{args:?}: {line}");
        assert!(line.contains("jumps.wasm takes longer than 1s"), "{line}");
        assert!(line.ends_with("--max-compile-time"), "{line}");
    }
}

/// What is asked of the linker item by item is asked in a time that grows with the items, and
/// not with their square: a component with many that are not there is told of all of them.
#[test]
fn every_one_of_many_misfits_is_told() {
    let scratch = Scratch::new();
    for (name, bytes) in near::all() {
        let count = match name {
            "unknown-interfaces" => 900,
            "other-versions" => 300,
            "functions-of-one" => 300,
            _ => continue,
        };
        let file = scratch.file(&format!("{name}.wasm"), bytes);
        let output = look(&["check", "--json"], &file);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let misfits = report["misfits"].as_array().unwrap();
        // And that it lacks the export of the world.
        assert_eq!(misfits.len(), count + 1, "{name}: {:?}", misfits.first());
    }
}

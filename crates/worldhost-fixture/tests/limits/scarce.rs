//! A machine that has little: few threads, little address space, no room on the disk. What
//! fails for that is the host's failure, in a line, and no fault of the guest.

use crate::support::{Scratch, command, one_line, plugin_with, wasi_command};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// A user who has no process of their own, if this is root, whom no limit of processes holds.
const NOBODY: &str = "64999";

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// How many threads this user has.
fn threads() -> usize {
    use std::os::unix::fs::MetadataExt;
    let own = fs::metadata("/proc/self").unwrap().uid();
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let path = entry.ok()?.path();
        let is_own = fs::metadata(&path).ok()?.uid() == own;
        is_own.then(|| fs::read_dir(path.join("task")).map_or(0, Iterator::count))
    });
    processes.sum()
}

/// What begins a command that has so much of it.
fn with(limit: &str) -> Command {
    let mut with = Command::new("prlimit");
    with.arg(limit);
    with
}

/// With so many threads more than there are, for a user who is held to it.
fn with_threads(more: usize) -> Command {
    let taken = if is_root() { 0 } else { threads() };
    let mut with = with(&format!("--nproc={}", taken + more));
    if is_root() {
        with.args(["setpriv", "--reuid", NOBODY, "--regid", NOBODY]);
        with.args(["--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]);
    }
    with
}

fn limited(mut with: Command, worldhost: &Command) -> Output {
    with.arg(worldhost.get_program())
        .args(worldhost.get_args())
        .current_dir(worldhost.get_current_dir().unwrap())
        .stdin(Stdio::null());
    for (name, value) in worldhost.get_envs() {
        match value {
            Some(value) => with.env(name, value),
            None => with.env_remove(name),
        };
    }
    let mut command = assert_cmd::Command::from_std(with);
    command.timeout(Duration::from_secs(60)).output().unwrap()
}

const ANSWERS: &str = "(i32.store (i32.const 8) (local.get $ptr))
    (i32.store (i32.const 12) (local.get $len)) (i32.const 8)";

/// It works, or the host says in one line that it lacks something.
#[track_caller]
fn works_or_tells(output: &Output, place: &str) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{place}: {said}");
    assert!(!said.contains("--max-"), "{place}: {said}");
    match output.status.code() {
        Some(0) => true,
        Some(125) => {
            let errors = said.lines().filter(|line| line.starts_with("error: "));
            assert_eq!(errors.count(), 1, "{place}: {said}");
            false
        }
        _ => panic!("{place}: {}: {said}", output.status),
    }
}

#[test]
fn few_threads() {
    let scratch = Scratch::new();
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o755)).unwrap();
    let file = scratch.file("plugin.wasm", plugin_with("", ANSWERS));
    let code = scratch.path().join("plugin.cwasm");
    let mut compile = command();
    compile.args(["compile", "-o"]).arg(&code).arg(&file);
    assert!(compile.status().unwrap().success());
    let ways: [(&[&str], &Path); 4] = [
        (&["process", "--no-cache"], &file),
        (&["process", "--no-cache", "--timeout", "none"], &file),
        (&["process", "--no-cache", "--fresh", "--jobs", "4"], &file),
        (&["process", "--trust-compiled"], &code),
    ];
    let (mut worked, mut failed) = (0, 0);
    for (args, file) in ways {
        for more in [1, 2, 3, 4, 6, 8, 60] {
            let mut worldhost = command();
            worldhost.args(args).arg(file).arg("x");
            let output = limited(with_threads(more), &worldhost);
            match works_or_tells(&output, &format!("{more} threads {args:?}")) {
                true => worked += 1,
                false => failed += 1,
            }
        }
    }
    assert!(failed > 5 && worked > 3, "{failed} failed, {worked} worked");
}

/// The pool's address space is not to be had, nor that of a memory with guard pages.
#[test]
fn little_address_space() {
    let scratch = Scratch::new();
    let grows = |limit: &str| {
        let body = format!(
            "(if (i32.eq (table.grow $t (ref.null func) (i32.const {limit})) (i32.const -1))
                (then unreachable))
             {ANSWERS}"
        );
        plugin_with("(table $t 1 funcref)", &body)
    };
    // As many as a guest may have whatever the pool has room for.
    let grows = scratch.file("grows.wasm", grows("900000"));
    let ways: [&[&str]; 3] = [
        &["process", "--no-cache"],
        &["process", "--no-cache", "--fresh", "--jobs", "2"],
        &["process", "--no-cache", "--fresh", "--jobs", "50"],
    ];
    let (mut worked, mut failed) = (0, 0);
    for args in ways {
        for mib in [150_u64, 300, 1000, 4000, 8000, 20_000, 100_000, 1_000_000] {
            let mut worldhost = command();
            worldhost.args(args).arg(&grows).arg("x");
            let limit = format!("--as={}", mib << 20);
            let output = limited(with(&limit), &worldhost);
            match works_or_tells(&output, &format!("{limit} {args:?}")) {
                true => worked += 1,
                false => failed += 1,
            }
        }
    }
    assert!(failed > 2 && worked > 5, "{failed} failed, {worked} worked");
}

/// A device that is always full, as a disk can be.
#[test]
fn no_space_is_said_with_what_it_was_for() {
    let scratch = Scratch::new();
    let file = scratch.file("plugin.wasm", plugin_with("", ANSWERS));
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let told = |args: &[&str], words: &[&str], about: &str| {
        let mut worldhost = command();
        worldhost.args(args).arg(&file).args(words).stdout(full());
        let output = worldhost.stderr(Stdio::piped()).output().unwrap();
        let line = one_line(&output.stderr);
        assert_eq!(output.status.code(), Some(125), "{args:?}: {line}");
        assert!(line.contains("No space left"), "{args:?}: {line}");
        assert!(line.contains(about), "{args:?}: {line}");
    };
    told(&["process"], &["x"], "stdout");
    told(&["process", "--fresh"], &["x"], "stdout");
    told(&["process", "--json"], &["x"], "stdout");
    told(&["call"], &["process(\"x\")"], "stdout");
    told(&["call", "--list"], &[], "stdout");
    told(&["inspect"], &[], "stdout");
    told(&["check"], &[], "stdout");
    told(&["compile", "-o", "/dev/full"], &[], "/dev/full");
}

/// A guest is told by an error, and what it makes of it is its own.
#[test]
fn no_space_for_a_guest() {
    let scratch = Scratch::new();
    let writes = wasi_command(
        r#"(import "wasi:cli/stdout@0.2.12" "get-stdout" (func $get (result i32)))
           (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
               (func $write (param i32 i32 i32 i32)))"#,
        "(call $write (call $get) (i32.const 64) (i32.const 7) (i32.const 8))
         (i32.load8_u (i32.const 8))",
    );
    let file = scratch.file("writes.wasm", writes);
    let mut worldhost = command();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = worldhost.arg("run").arg(&file).stdout(full).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(output.stderr, b"");
}

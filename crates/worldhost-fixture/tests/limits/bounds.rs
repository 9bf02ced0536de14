//! Components that would take the machine down, and what stops each.

use crate::support::{Scratch, guest, one_line, plugin, plugin_with, worldhost};
use std::path::Path;
use std::process::Output;

fn process(options: &[&str], component: &Path) -> Output {
    let mut command = worldhost();
    command.arg("process").args(options).arg(component).arg("x");
    command.timeout(std::time::Duration::from_secs(60));
    command.output().unwrap()
}

#[track_caller]
fn stops(options: &[&str], component: &Path, code: i32, parts: &[&str]) {
    let output = process(options, component);
    let line = one_line(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{line}");
    for part in parts {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }
}

#[test]
fn a_loop_without_end_is_stopped_by_the_timeout() {
    let scratch = Scratch::new();
    let spins = scratch.file(
        "spins.wasm",
        plugin("(loop $again (br $again)) unreachable"),
    );
    stops(
        &["--timeout", "100ms"],
        &spins,
        124,
        &["process did not finish within 100ms", "--timeout"],
    );
    stops(
        &["--fuel", "1000000"],
        &spins,
        134,
        &["1000000 units of fuel", "raise it with --fuel"],
    );

    let start = plugin_with(
        "(func $spin (loop $again (br $again))) (start $spin)",
        "unreachable",
    );
    let start = scratch.file("start.wasm", start);
    stops(
        &["--timeout", "100ms"],
        &start,
        124,
        &["instantiation did not finish"],
    );
}

#[test]
fn a_guest_that_sleeps_in_the_host_is_stopped_by_the_timeout() {
    let mut command = worldhost();
    command
        .args(["run", "--timeout", "100ms"])
        .arg(guest("command-p3"))
        .args(["sleep", "60000"]);
    command.timeout(std::time::Duration::from_secs(30));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(124));
}

#[test]
fn memory_is_bounded_and_the_limit_named() {
    let run = |options: &[&str], mib: &str| {
        let mut command = worldhost();
        command
            .arg("run")
            .args(options)
            .arg(guest("command"))
            .args(["alloc", mib]);
        command.output().unwrap()
    };
    assert!(run(&[], "200").status.success());
    for (options, mib) in [(&["--max-memory", "64MiB"][..], "100"), (&[], "1200")] {
        let output = run(options, mib);
        assert_eq!(output.status.code(), Some(134));
        let line = one_line(&output.stderr);
        assert!(
            line.contains("memory limit") && line.contains("--max-memory"),
            "{line}"
        );
    }
}

#[test]
fn many_memories_count_together() {
    let scratch = Scratch::new();
    let fields = "(memory 1000) (memory 1000) (memory 1000)";
    let many = scratch.file("many.wasm", plugin_with(fields, "unreachable"));
    stops(
        &["--max-memory", "100MiB"],
        &many,
        134,
        &["instantiation trapped", "--max-memory"],
    );
}

#[test]
fn tables_and_recursion_are_bounded() {
    let scratch = Scratch::new();
    let grows = plugin_with(
        "(table $t 1 funcref)",
        "(if (i32.eq (table.grow $t (ref.null func) (i32.const 2000000)) (i32.const -1)) (then unreachable))
         (i32.const 8)",
    );
    let grows = scratch.file("grows.wasm", grows);
    stops(&[], &grows, 134, &["1000000 table elements"]);

    let recurses = plugin("(call $process (local.get $ptr) (local.get $len))");
    let recurses = scratch.file("recurses.wasm", recurses);
    stops(&[], &recurses, 134, &["call stack exhausted"]);
}

#[test]
fn handles_are_bounded() {
    let scratch = Scratch::new();
    let hoards = plugin_with(
        r#"(import "wasi:cli/stdout@0.2.12" "get-stdout" (func $get (result i32)))"#,
        "(loop $again (drop (call $get)) (br $again)) unreachable",
    );
    let hoards = scratch.file("hoards.wasm", hoards);
    let output = process(&["--timeout", "30s"], &hoards);
    assert_eq!(
        output.status.code(),
        Some(134),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Asks for more than there may be and lives with it; from the second call on it traps,
/// for a reason of its own.
#[test]
fn a_growth_that_was_refused_and_handled_is_blamed_for_nothing_later() {
    let scratch = Scratch::new();
    let asks = plugin(
        "(if (i32.load (i32.const 16)) (then unreachable))
         (i32.store (i32.const 16) (i32.const 1))
         (if (i32.ne (memory.grow (i32.const 10000)) (i32.const -1)) (then unreachable))
         (i32.const 8)",
    );
    let asks = scratch.file("asks.wasm", asks);
    let run = |inputs: &[&str]| {
        let mut command = worldhost();
        command
            .args(["process", "--max-memory", "10MiB"])
            .arg(&asks);
        command.args(inputs).output().unwrap()
    };
    assert!(run(&["a"]).status.success());
    let output = run(&["a", "b"]);
    assert_eq!(output.status.code(), Some(134));
    let line = one_line(&output.stderr);
    assert!(
        line.contains("unreachable") && !line.contains("memory limit"),
        "{line}"
    );
}

/// A plugin that has room for as many random bytes as it asks for, and answers with
/// nothing when it got them.
fn asks_for_random(bytes: u64) -> Vec<u8> {
    let pages = bytes / 65536 + 2;
    let body = format!(
        "(if (i32.eq (memory.grow (i32.const {pages})) (i32.const -1)) (then unreachable))
         (call $get (i64.const {bytes}) (i32.const 8))
         (if (i64.ne (i64.load32_u (i32.const 12)) (i64.const {bytes})) (then unreachable))
         (i32.const 24)"
    );
    plugin_with(
        r#"(import "wasi:random/random@0.2.12" "get-random-bytes" (func $get (param i64 i32)))"#,
        &body,
    )
}

#[test]
fn random_bytes_are_bounded() {
    const MOST: u64 = 16 << 20;
    let scratch = Scratch::new();
    let modest = scratch.file("modest.wasm", asks_for_random(MOST));
    let output = process(&[], &modest);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(output.stdout, b"\n");
    let greedy = scratch.file("greedy.wasm", asks_for_random(MOST + 1));
    stops(
        &[],
        &greedy,
        134,
        &["process trapped", "16777217", "16777216"],
    );
}

#[test]
fn what_a_guest_logs_cannot_take_over_the_terminal() {
    let scratch = Scratch::new();
    let paints = plugin_with(
        r#"(import "worldhost:plugin/host@0.1.0" "log" (func $log (param i32 i32)))
           (data (i32.const 64) "\1b[2J\0aerror: forged")"#,
        "(call $log (i32.const 64) (i32.const 18)) (i32.const 8)",
    );
    let paints = scratch.file("paints.wasm", paints);
    let output = process(&[], &paints);
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "[log] \\u{1b}[2J\\nerror: forged\n"
    );
}

/// A plugin that sleeps half a second in its start, and half a second in the call.
fn sleeps_twice() -> Vec<u8> {
    plugin_with(
        r#"(import "wasi:clocks/monotonic-clock@0.2.12" "subscribe-duration"
               (func $for (param i64) (result i32)))
           (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))
           (func $sleep (call $block (call $for (i64.const 500000000))))
           (start $sleep)"#,
        "(call $sleep) (i32.const 8)",
    )
}

#[test]
fn the_start_and_the_call_have_one_time_together() {
    let scratch = Scratch::new();
    let sleeps = scratch.file("sleeps.wasm", sleeps_twice());
    let calls = |args: &[&str], call: &str| {
        let mut command = worldhost();
        command.args(args).arg(&sleeps).arg(call);
        command.output().unwrap()
    };
    for (args, call) in [
        (&["process"][..], "x"),
        (&["process", "--fresh"], "x"),
        (&["call"], "process(\"x\")"),
    ] {
        let within = |time| calls(&[args, &["--timeout", time]].concat(), call);
        let output = within("800ms");
        assert_eq!(output.status.code(), Some(124), "{args:?}");
        assert!(one_line(&output.stderr).contains("within 800ms"));
        assert!(within("30s").status.success(), "{args:?}");
    }
}

/// In one call, it is refused memory, goes on, and then traps for another reason.
#[test]
fn a_refusal_that_was_handled_is_not_blamed_in_the_same_call() {
    let scratch = Scratch::new();
    let refused = "(drop (memory.grow (i32.const 10000)))";
    for (then, words) in [
        (
            "(call $process (local.get $ptr) (local.get $len))",
            "call stack exhausted",
        ),
        (
            "(i32.div_u (i32.const 1) (i32.load (i32.const 16)))",
            "divide by zero",
        ),
    ] {
        let traps = scratch.file("traps.wasm", plugin(&format!("{refused} {then}")));
        let output = process(&["--max-memory", "10MiB"], &traps);
        let line = one_line(&output.stderr);
        assert_eq!(output.status.code(), Some(134));
        assert!(
            line.contains(words) && !line.contains("memory limit"),
            "{line}"
        );
    }
}

/// A guest that gives up may have grown by a page for its last words: whether it did cannot be
/// told, and is not.
#[test]
fn a_refusal_that_may_be_why_is_told_as_that() {
    let scratch = Scratch::new();
    let body = "(drop (memory.grow (i32.const 10000))) (drop (memory.grow (i32.const 1))) \
                unreachable";
    let traps = scratch.file("traps.wasm", plugin(body));
    let line = one_line(&process(&["--max-memory", "10MiB"], &traps).stderr);
    assert!(
        line.contains(
            "(earlier in the call, the memory limit of 10485760 bytes was reached); if that is why"
        ),
        "{line}"
    );
}

/// Everything of a machine that a process may have is bounded. It is no trap of the guest's
/// when that is used up.
#[cfg(target_os = "linux")]
mod used_up {
    use super::*;
    use crate::support::command;

    /// In a shell, within these limits.
    fn within(limits: &str, args: &str) -> Output {
        let command = command();
        let mut shell = std::process::Command::new("sh");
        let program = command.get_program().to_str().unwrap();
        shell.args(["-c", &format!("ulimit {limits}; exec {program} {args}")]);
        shell.current_dir(crate::support::root());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.output().unwrap()
    }

    #[test]
    fn without_memory_or_descriptors_the_host_has_failed() {
        let plugin = "tests/guests/plugin-c.wasm x";
        assert!(
            within("-v unlimited", &format!("process {plugin}"))
                .status
                .success()
        );
        for (limits, words) in [
            ("-v 2000000", "Cannot allocate memory"),
            ("-n 6", "Too many open files"),
        ] {
            for options in ["", "--fresh --jobs 1"] {
                let output = within(limits, &format!("process {options} {plugin}"));
                let line = one_line(&output.stderr);
                assert_eq!(output.status.code(), Some(125), "{line}");
                assert!(line.contains(words) && !line.contains("trapped"), "{line}");
            }
        }
    }

    #[test]
    fn a_cache_that_may_write_no_large_file_costs_no_more_than_time() {
        let scratch = Scratch::new();
        let cache = scratch.path().join("cache");
        let set = format!("-f 64; export WORLDHOST_CACHE_DIR={}", cache.display());
        for _ in 0..2 {
            let output = within(&set, "process tests/guests/plugin-rust.wasm x");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{stderr}");
            assert_eq!(output.stdout, b"X\n");
        }
        let left = std::fs::read_dir(cache.join("code")).unwrap();
        assert_eq!(left.count(), 0);
    }

    #[test]
    fn a_full_disk_is_named_by_what_is_on_it() {
        let output = within(
            "-v unlimited",
            "process tests/guests/plugin-rust.wasm x >/dev/full",
        );
        assert_eq!(output.status.code(), Some(125));
        let line = one_line(&output.stderr);
        assert!(line.contains("stdout: No space left"), "{line}");
    }

    #[test]
    fn a_signal_is_the_code_that_shells_give() {
        for (signal, code) in [("INT", 130), ("TERM", 143)] {
            let script = format!(
                "exec 3>&1; {{ sleep 1; kill -{signal} $$; }} & exec \"$0\" run tests/guests/command-p3.wasm sleep 60000"
            );
            let command = command();
            let mut inner = std::process::Command::new("sh");
            let outer = format!(
                "sh -c '{script}' {}; exit $?",
                command.get_program().to_str().unwrap()
            );
            inner
                .args(["-c", &outer])
                .current_dir(crate::support::root());
            let status = inner.status().unwrap();
            assert_eq!(status.code(), Some(code), "{signal}");
        }
    }
}

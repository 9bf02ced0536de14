//! What a limit counts, and that neither a pool nor an earlier refusal is taken for it.

use crate::support::{Scratch, one_line, plugin_with, worldhost};
use std::path::Path;
use std::process::Output;

fn process(options: &[&str], component: &Path, inputs: &[&str]) -> Output {
    let mut command = worldhost();
    command
        .arg("process")
        .args(options)
        .arg(component)
        .args(inputs);
    command.timeout(std::time::Duration::from_secs(120));
    command.output().unwrap()
}

#[track_caller]
fn works(options: &[&str], component: &Path, inputs: &[&str]) {
    let output = process(options, component, inputs);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{options:?}: {stderr}");
}

#[track_caller]
fn traps(options: &[&str], component: &Path) -> String {
    let output = process(options, component, &["x"]);
    let line = one_line(&output.stderr);
    assert_eq!(output.status.code(), Some(134), "{options:?}: {line}");
    line
}

fn grows_a_table(by: u32) -> Vec<u8> {
    plugin_with(
        "(table $t 1 funcref)",
        &format!(
            "(if (i32.eq (table.grow $t (ref.null func) (i32.const {by})) (i32.const -1))
                 (then unreachable))
             (i32.const 8)"
        ),
    )
}

const FRESH: [&str; 3] = ["--fresh", "--jobs", "2"];

#[test]
fn a_slot_of_the_pool_holds_tables_as_the_limit_says() {
    let scratch = Scratch::new();
    let grows = scratch.file("grows.wasm", grows_a_table(900_000));
    works(&[], &grows, &["x"]);
    works(&FRESH, &grows, &["x", "y", "z"]);
    let line = traps(
        &[&FRESH[..], &["--max-table-elements", "800000"]].concat(),
        &grows,
    );
    assert!(
        line.contains("limit of 800000 table elements was reached)"),
        "{line}"
    );
    assert!(
        line.ends_with("raise it with --max-table-elements"),
        "{line}"
    );
}

#[test]
fn a_slot_that_holds_less_than_the_limit_says_is_named() {
    let scratch = Scratch::new();
    let large = scratch.file("large.wasm", grows_a_table(3_500_000));
    let option = ["--max-table-elements", "4000000"];
    works(&option, &large, &["x"]);
    // 4 GiB for the 200 tables of a component that has as many as may be.
    let line = traps(&[&FRESH[..], &option].concat(), &large);
    assert!(line.contains("2684354 table elements"), "{line}");
    assert!(line.contains("a slot of the pool"), "{line}");
    assert!(line.ends_with("which there is without --fresh"), "{line}");
    // The more slots, the less there is for each.
    let grows = scratch.file("grows.wasm", grows_a_table(900_000));
    let line = traps(&["--fresh", "--jobs", "1000"], &grows);
    assert!(line.contains("134217 table elements"), "{line}");
}

#[test]
fn the_guests_own_maximum_is_no_limit_of_ours() {
    let scratch = Scratch::new();
    let grows = plugin_with(
        "(table $t 1 100 funcref)",
        "(if (i32.eq (table.grow $t (ref.null func) (i32.const 100)) (i32.const -1))
             (then unreachable))
         (i32.const 8)",
    );
    let grows = scratch.file("grows.wasm", grows);
    for options in [&[][..], &FRESH] {
        let line = traps(options, &grows);
        assert!(!line.contains("table elements"), "{line}");
    }
}

/// Takes a moment, so that instances are there at the same time.
const SLEEP: &str = r#"(import "wasi:clocks/monotonic-clock@0.2.12" "subscribe-duration"
        (func $for (param i64) (result i32)))
    (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))"#;

#[test]
fn every_instance_of_a_pool_may_have_garbage_collection() {
    let scratch = Scratch::new();
    let collects = plugin_with(
        &format!("{SLEEP} (type $s (struct (field i32)))"),
        "(drop (struct.new $s (i32.const 1)))
         (call $block (call $for (i64.const 200000000)))
         (i32.const 8)",
    );
    let collects = scratch.file("collects.wasm", collects);
    works(
        &["--fresh", "--jobs", "4"],
        &collects,
        &["a", "b", "c", "d"],
    );
}

#[test]
fn every_instance_of_a_pool_may_have_as_many_parts_as_a_slot_holds() {
    let scratch = Scratch::new();
    let parts = "(core instance (instantiate $empty))".repeat(190);
    let text = format!(
        r#"(component
            (core module $empty)
            {parts}
            (core module $m
                (memory (export "memory") 2)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
                (func (export "process") (param i32 i32) (result i32) (local $n i32)
                    (loop $again
                        (local.set $n (i32.add (local.get $n) (i32.const 1)))
                        (br_if $again (i32.lt_u (local.get $n) (i32.const 300000000))))
                    (i32.const 8)))
            (core instance $i (instantiate $m))
            (func (export "process") (param "input" string) (result string)
                (canon lift (core func $i "process") (memory (core memory $i "memory"))
                    (realloc (core func $i "realloc")))))"#
    );
    let many = scratch.file("many.wasm", wat::parse_str(text).unwrap());
    let options = [&FRESH[..], &["--max-instances", "200"]].concat();
    works(&options, &many, &["a", "b", "c", "d"]);
}

#[test]
fn a_refusal_of_one_kind_is_not_blamed_for_a_trap_of_another() {
    let scratch = Scratch::new();
    let refused = "(drop (table.grow $t (ref.null func) (i32.const 1000)))";
    for (then, words) in [
        (
            "(drop (i32.load (i32.const 1000000)))",
            "out of bounds memory",
        ),
        (
            "(drop (i32.div_u (i32.const 1) (i32.load (i32.const 16))))",
            "divide by zero",
        ),
    ] {
        let body = format!("{refused} {then} (i32.const 8)");
        let traps_later = plugin_with("(table $t 1 funcref)", &body);
        let component = scratch.file("traps.wasm", traps_later);
        for options in [&[][..], &FRESH] {
            let line = traps(
                &[options, &["--max-table-elements", "100"]].concat(),
                &component,
            );
            assert!(line.contains(words), "{line}");
            assert!(!line.contains("table elements"), "{line}");
        }
    }
    // Refused memory, and then a call of the table out of bounds.
    let calls = plugin_with(
        "(table $t 1 funcref) (type $f (func))",
        "(drop (memory.grow (i32.const 60000)))
         (call_indirect $t (type $f) (i32.const 100)) (i32.const 8)",
    );
    let line = traps(
        &["--max-memory", "1MiB"],
        &scratch.file("calls.wasm", calls),
    );
    assert!(
        line.contains("table") && !line.contains("memory limit"),
        "{line}"
    );
}

/// What a guest gives up for, and what it lives with, look the same: that it was refused is
/// told, and not that it is why.
#[test]
fn a_refusal_that_may_be_why_is_told_and_not_blamed() {
    let scratch = Scratch::new();
    let refused = "(drop (table.grow $t (ref.null func) (i32.const 1000)))";
    for then in [
        "",
        // It has room for its last words.
        "(drop (table.grow $t (ref.null func) (i32.const 1)))",
    ] {
        let body = format!("{refused} {then} unreachable");
        let gives_up = plugin_with("(table $t 1 funcref)", &body);
        let component = scratch.file("gives-up.wasm", gives_up);
        for options in [&[][..], &FRESH] {
            let limit = ["--max-table-elements", "100"];
            let line = traps(&[options, &limit].concat(), &component);
            let told = line.contains("(earlier in the call, the limit of 100 table elements")
                && line.ends_with("if that is why, raise it with --max-table-elements");
            assert!(told, "{line}");
        }
    }
    // No guest has lived with this.
    let never = scratch.file(
        "never.wasm",
        plugin_with("(table 1000 funcref)", "unreachable"),
    );
    for options in [&[][..], &FRESH] {
        let limit = ["--max-table-elements", "100"];
        let line = traps(&[options, &limit].concat(), &never);
        assert!(line.contains("(the limit of 100 table elements"), "{line}");
        assert!(!line.contains("if that is why"), "{line}");
    }
}

#[test]
fn the_work_of_the_host_takes_fuel() {
    let scratch = Scratch::new();
    let random = plugin_with(
        r#"(import "wasi:random/random@0.2.12" "get-random-bytes" (func $get (param i64 i32)))"#,
        "(if (i32.eq (memory.grow (i32.const 20)) (i32.const -1)) (then unreachable))
         (call $get (i64.const 1000000) (i32.const 8))
         (i32.const 32)",
    );
    let random = scratch.file("random.wasm", random);
    works(&["--fuel", "1010000"], &random, &["x"]);
    let line = traps(&["--fuel", "1000000"], &random);
    assert!(line.contains("1000000 units of fuel"), "{line}");

    // Each of these takes some ten instructions.
    let streams = |import: &str, call: &str| {
        plugin_with(
            &format!(
                r#"(import "wasi:cli/stdin@0.2.12" "get-stdin" (func $stdin (result i32)))
                   (import "wasi:cli/stderr@0.2.12" "get-stderr" (func $stderr (result i32)))
                   {import}"#
            ),
            &format!(
                "(local $n i32) (local $in i32) (local $out i32)
                 (local.set $in (call $stdin)) (local.set $out (call $stderr))
                 (memory.fill (i32.const 1024) (i32.const 10) (i32.const 4096))
                 (loop $again
                     {call}
                     (local.set $n (i32.add (local.get $n) (i32.const 1)))
                     (br_if $again (i32.lt_u (local.get $n) (i32.const 20))))
                 (i32.const 8)"
            ),
        )
    };
    for (import, call) in [
        (
            r#"(import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
                (func $call (param i32 i32 i32 i32)))"#,
            "(call $call (local.get $out) (i32.const 1024) (i32.const 4096) (i32.const 32))",
        ),
        (
            r#"(import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-zeroes-and-flush"
                (func $call (param i32 i64 i32)))"#,
            "(call $call (local.get $out) (i64.const 4096) (i32.const 32))",
        ),
    ] {
        let writes = scratch.file("writes.wasm", streams(import, call));
        works(&["--fuel", "90000"], &writes, &["x"]);
        let output = process(&["--fuel", "50000"], &writes, &["x"]);
        assert_eq!(output.status.code(), Some(134));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            stderr.contains("the 50000 units of fuel are used up"),
            "{stderr}"
        );
        // What was not paid for was not written.
        assert!(
            stderr.matches(['\n', '\0']).count() < 50000,
            "{}",
            stderr.len()
        );
    }
}

#[test]
fn what_is_read_takes_fuel() {
    let scratch = Scratch::new();
    let file = scratch.file("bytes", vec![b'x'; 100_000]);
    let run = |fuel: &str| {
        let mut command = worldhost();
        command.args(["run", "--fuel", fuel, "--dir-ro"]);
        command.arg(format!("{}::/in", file.parent().unwrap().display()));
        command
            .arg(crate::support::guest("command"))
            .args(["cat", "/in/bytes"]);
        command.output().unwrap()
    };
    // A hundred thousand bytes come in and go out, beside what the guest itself computes.
    let enough = run("10000000");
    assert_eq!(enough.stdout.len(), 100_000);
    let output = run("150000");
    assert_eq!(output.status.code(), Some(134));
    assert!(one_line(&output.stderr).contains("150000 units of fuel"));
}

#[test]
fn a_larger_stack_is_deeper() {
    let scratch = Scratch::new();
    let deep = plugin_with(
        "(func $deep (param i64 i64 i64 i64) (result i64)
            (if (i64.eqz (local.get 0)) (then (return (local.get 1))))
            (i64.add (local.get 1)
                (call $deep (i64.sub (local.get 0) (i64.const 1)) (local.get 2) (local.get 3) (local.get 1))))",
        "(drop (call $deep (i64.const 50000) (i64.const 1) (i64.const 2) (i64.const 3))) (i32.const 8)",
    );
    let deep = scratch.file("deep.wasm", deep);
    for options in [&[][..], &FRESH, &["--compiler", "winch"]] {
        let line = traps(options, &deep);
        assert!(
            line.contains("524288 bytes") && line.ends_with("--max-stack"),
            "{line}"
        );
        works(
            &[options, &["--max-stack", "32MiB"]].concat(),
            &deep,
            &["x"],
        );
    }
}

#[test]
fn fewer_lines_than_the_rate_are_logged() {
    let scratch = Scratch::new();
    let logs = plugin_with(
        r#"(import "worldhost:plugin/host@0.1.0" "log" (func $log (param i32 i32)))
           (data (i32.const 64) "line")"#,
        "(call $log (i32.const 64) (i32.const 4)) (i32.const 8)",
    );
    let logs = scratch.file("logs.wasm", logs);
    let inputs = ["x"; 10];
    works(&["--max-log-rate", "10"], &logs, &inputs);
    let output = process(&["--max-log-rate", "5"], &logs, &inputs);
    assert_eq!(output.status.code(), Some(134));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr.matches("[log] line").count(), 5, "{stderr}");
    // What is logged is output, too.
    let output = process(&["--max-output", "39"], &logs, &inputs);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr.matches("[log] line").count(), 9, "{stderr}");
    assert!(stderr.contains("output limit of 39 bytes"), "{stderr}");
}

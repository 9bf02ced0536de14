//! What never ends, wherever a guest's code runs.

use crate::guests::{EXPORTS, Guest, REALLOC, again, does, text};
use crate::matrix::{Hostile, endless};

const SPIN: &str = "(loop $again (br $again))";

const ARGUMENTS: &str =
    r#"(import "wasi:cli/environment@0.2.12" "get-arguments" (func $arguments (param i32)))"#;

const NOW: &str = r#"(import "wasi:clocks/monotonic-clock@0.2.12" "now" (func $now (result i64)))"#;

const RANDOM: &str =
    r#"(import "wasi:random/random@0.2.12" "get-random-bytes" (func $random (param i64 i32)))"#;

pub fn all() -> Vec<Hostile> {
    vec![
        endless("in-the-call", does("", SPIN)),
        endless(
            "at-the-start",
            does(&format!("(start $s) (func $s {SPIN})"), ""),
        ),
        endless("in-realloc", in_realloc()),
        endless(
            "after-the-return",
            Guest {
                post: SPIN,
                ..Guest::default()
            }
            .build(),
        ),
        endless("in-a-destructor", in_a_destructor()),
        endless(
            "of-memory-filled",
            filled("(memory.fill (i32.const 0) (i32.const 1) (i32.const 60000000))"),
        ),
        endless(
            "of-memory-copied",
            filled("(memory.copy (i32.const 0) (i32.const 7) (i32.const 60000000))"),
        ),
        endless(
            "of-tables-filled",
            again(
                "(table $t 900000 funcref)",
                "(table.fill $t (i32.const 0) (ref.null func) (i32.const 900000))",
            ),
        ),
        endless(
            "of-growing-by-nothing",
            again("", "(drop (memory.grow (i32.const 0)))"),
        ),
        endless("of-calls-of-the-host", again(NOW, "(drop (call $now))")),
        endless(
            "of-work-of-the-host",
            again(
                RANDOM,
                "(global.set $free (i32.const 65536)) (call $random (i64.const 60000) (i32.const 8))",
            ),
        ),
        endless(
            "of-indirect-calls",
            again(
                "(type $f (func)) (table $t funcref (elem $g)) (func $g)",
                "(call_indirect $t (type $f) (i32.const 0))",
            ),
        ),
        endless("of-one-branch-table", does("", &branches())),
        endless("in-a-nested-component", nested()),
    ]
}

/// When the host has something for it.
fn in_realloc() -> Vec<u8> {
    let guest = Guest {
        fields: ARGUMENTS,
        does: "(call $arguments (i32.const 16))",
        realloc: &format!("{REALLOC} {SPIN}"),
        ..Guest::default()
    };
    guest.build()
}

fn filled(fill: &str) -> Vec<u8> {
    let grow = "(drop (memory.grow (i32.const 1000)))";
    does("", &format!("{grow} (loop $again {fill} (br $again))"))
}

fn branches() -> String {
    let labels = "$again ".repeat(20_000);
    format!("(loop $again (br_table {labels} (i32.const 7)))")
}

fn in_a_destructor() -> Vec<u8> {
    text(&format!(
        r#"(core module $d (func (export "dtor") (param i32) {SPIN}))
        (core instance $d (instantiate $d))
        (type $r (resource (rep i32) (dtor (func $d "dtor"))))
        (core func $new (canon resource.new $r))
        (core func $drop (canon resource.drop $r))
        (core module $m
            (import "" "new" (func $new (param i32) (result i32)))
            (import "" "drop" (func $drop (param i32)))
            (func $does (call $drop (call $new (i32.const 1))))
            {EXPORTS})
        (core instance $i (instantiate $m (with "" (instance
            (export "new" (func $new)) (export "drop" (func $drop))))))"#
    ))
}

/// It is not even called.
fn nested() -> Vec<u8> {
    text(&format!(
        r#"(component $inner
            (core module $m (func $s {SPIN}) (start $s))
            (core instance (instantiate $m)))
        (instance (instantiate $inner))
        (core module $m (func $does) {EXPORTS})
        (core instance $i (instantiate $m))"#
    ))
}

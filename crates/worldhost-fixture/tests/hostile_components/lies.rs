//! What says of memory, strings and handles what is not so, at the border between guest and
//! host.

use crate::guests::{EXPORTS, Guest, does, text};
use crate::matrix::{Hostile, hostile};

const LOG: &str = r#"(import "worldhost:plugin/host@0.1.0" "log" (func $log (param i32 i32)))"#;

const HANDLES: &str = r#"
    (import "wasi:cli/stdin@0.2.12" "get-stdin" (func $stdin (result i32)))
    (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
    (import "wasi:io/streams@0.2.12" "[method]input-stream.read" (func $read (param i32 i64 i32)))
    (import "wasi:io/streams@0.2.12" "[method]input-stream.blocking-read"
        (func $blocking (param i32 i64 i32)))
    (import "wasi:io/streams@0.2.12" "[method]input-stream.subscribe"
        (func $subscribe (param i32) (result i32)))
    (import "wasi:io/streams@0.2.12" "[method]output-stream.write"
        (func $write (param i32 i32 i32 i32)))
    (import "wasi:io/streams@0.2.12" "[method]output-stream.write-zeroes"
        (func $zeroes (param i32 i64 i32)))
    (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-zeroes-and-flush"
        (func $flushed (param i32 i64 i32)))
    (import "wasi:io/streams@0.2.12" "[resource-drop]input-stream" (func $drop (param i32)))
    (import "wasi:io/poll@0.2.12" "poll" (func $poll (param i32 i32 i32)))
    (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))"#;

const ARGUMENTS: &str = r#"
    (import "wasi:cli/environment@0.2.12" "get-arguments" (func $arguments (param i32)))"#;

const EXIT: &str = r#"(import "wasi:cli/exit@0.2.12" "exit" (func $exit (param i32)))"#;

/// It traps, with a word about what is wrong.
fn lie(name: &'static str, fields: &str, body: &str, says: &'static str) -> Hostile {
    hostile(name, does(fields, body), 134, says)
}

/// The same in what it returns; of `run`, that is no result and no error.
fn result(name: &'static str, process: &str, says: &'static str) -> Hostile {
    let guest = Guest {
        run: "(i32.const 7)",
        process,
        ..Guest::default()
    };
    let mut told = hostile(name, guest.build(), 134, says);
    told.ends.0.push((134, "discriminant"));
    told
}

/// In the memory that it gives for what the host has for it.
fn realloc(name: &'static str, realloc: &str, says: &'static str) -> Hostile {
    let guest = Guest {
        fields: &[ARGUMENTS, EXIT].concat(),
        does: "(call $arguments (i32.const 16))",
        realloc,
        ..Guest::default()
    };
    hostile(name, guest.build(), 134, says)
}

pub fn all() -> Vec<Hostile> {
    vec![
        lie("string-beyond-memory", LOG, "(call $log (i32.const -16) (i32.const 10))", "out of bounds"),
        lie("string-over-the-end", LOG, "(call $log (i32.const 131000) (i32.const 1000))", "out of bounds"),
        lie("string-of-4-gib", LOG, "(call $log (i32.const 0) (i32.const -1))", ""),
        lie("string-that-is-none", &format!(r#"{LOG} (data (i32.const 64) "\ff\fe\80")"#), "(call $log (i32.const 64) (i32.const 3))", "utf-8"),
        lie("string-of-a-surrogate", &format!(r#"{LOG} (data (i32.const 64) "\ed\a0\80")"#), "(call $log (i32.const 64) (i32.const 3))", "utf-8"),
        lie("result-beyond-memory", HANDLES, "(call $read (call $stdin) (i64.const 1) (i32.const -4))", ""),
        lie("result-that-is-not-aligned", HANDLES, "(call $read (call $stdin) (i64.const 1) (i32.const 17))", "align"),
        lie("list-of-more-than-memory", HANDLES, "(call $poll (i32.const 0) (i32.const 0x20000000) (i32.const 16))", ""),
        lie("list-whose-size-overflows", HANDLES, "(call $poll (i32.const 0) (i32.const 0x40000001) (i32.const 16))", ""),
        lie("list-that-is-not-aligned", HANDLES, "(call $poll (i32.const 3) (i32.const 1) (i32.const 16))", "align"),
        lie("list-of-nothing", HANDLES, "(call $poll (i32.const 0) (i32.const 0) (i32.const 16))", ""),
        lie("list-too-long-for-one-poll", HANDLES,
            "(drop (memory.grow (i32.const 100)))
             (local.set $m (call $subscribe (call $stdin)))
             (loop $again
                (i32.store (i32.add (i32.const 131072) (i32.shl (local.get $n) (i32.const 2))) (local.get $m))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $n) (i32.const 1000000))))
             (call $poll (i32.const 131072) (i32.const 1000000) (i32.const 16))
             (call $poll (i32.const 131072) (i32.const -1) (i32.const 16))", ""),
        lie("handle-zero", HANDLES, "(call $read (i32.const 0) (i64.const 1) (i32.const 16))", "handle"),
        lie("handle-of-nobody", HANDLES, "(call $read (i32.const 12345) (i64.const 1) (i32.const 16))", "handle"),
        lie("handle-that-is-negative", HANDLES, "(call $read (i32.const -1) (i64.const 1) (i32.const 16))", "handle"),
        lie("handle-of-another-type", HANDLES, "(call $read (call $stdout) (i64.const 1) (i32.const 16))", "handle"),
        lie("handle-that-was-dropped", HANDLES,
            "(local.set $n (call $stdin)) (call $drop (local.get $n))
             (call $read (local.get $n) (i64.const 1) (i32.const 16))", "handle"),
        lie("handle-dropped-twice", HANDLES,
            "(local.set $n (call $stdin)) (call $drop (local.get $n)) (call $drop (local.get $n))", "handle"),
        lie("parent-dropped-before-its-child", HANDLES,
            "(local.set $n (call $stdin)) (drop (call $subscribe (local.get $n)))
             (call $drop (local.get $n))", "children"),
        lie("write-without-leave", HANDLES, "(call $write (call $stdout) (i32.const 0) (i32.const 100000) (i32.const 16))", "check-write"),
        lie("zeroes-without-end", HANDLES, "(call $zeroes (call $stdout) (i64.const -1) (i32.const 16))", ""),
        lie("zeroes-without-end-flushed", HANDLES, "(call $flushed (call $stdout) (i64.const -1) (i32.const 16))", ""),
        hostile("read-without-end", does(HANDLES, "(call $read (call $stdin) (i64.const -1) (i32.const 16))"), 0, ""),
        lie("enum-of-no-case",
            r#"(import "wasi:sockets/tcp-create-socket@0.2.12" "create-tcp-socket" (func $tcp (param i32 i32)))"#,
            "(call $tcp (i32.const 77) (i32.const 16))", "discriminant"),
        result("string-result-beyond-memory", "(i32.store (i32.const 8) (i32.const -16)) (i32.store (i32.const 12) (i32.const 10)) (i32.const 8)", "out of bounds"),
        result("string-result-of-4-gib", "(i32.store (i32.const 12) (i32.const -1)) (i32.const 8)", ""),
        result("string-result-that-is-none", "(i32.store (i32.const 16) (i32.const -1)) (i32.store (i32.const 8) (i32.const 16)) (i32.store (i32.const 12) (i32.const 4)) (i32.const 8)", "utf-8"),
        result("result-at-no-place", "(i32.const -4)", ""),
        result("result-at-no-word", "(i32.const 9)", "align"),
        realloc("memory-beyond-memory", "(i32.const -16)", ""),
        realloc("memory-over-the-end", "(i32.const 131072)", ""),
        realloc("memory-that-is-not-aligned", "(i32.const 65537)", "align"),
        realloc("memory-by-a-trap", "unreachable", "unreachable"),
        realloc("memory-by-a-call-of-the-host", "(call $arguments (i32.const 32)) (i32.const 65536)", "leave"),
        realloc("memory-by-an-exit", "(call $exit (i32.const 0)) (i32.const 65536)", "leave"),
        hostile("host-called-after-the-return", called_after(), 134, "leave"),
        hostile("resource-that-was-taken", taken(), 134, "handle"),
        hostile("resource-of-another", confused(), 134, "handle"),
        hostile("resource-dropped-in-its-destructor", in_its_destructor(), 134, ""),
    ]
}

fn called_after() -> Vec<u8> {
    let guest = Guest {
        fields: ARGUMENTS,
        post: "(call $arguments (i32.const 32))",
        ..Guest::default()
    };
    guest.build()
}

/// Its representation is asked for after it is gone.
fn taken() -> Vec<u8> {
    text(&format!(
        r#"(type $r (resource (rep i32)))
        (core func $new (canon resource.new $r))
        (core func $drop (canon resource.drop $r))
        (core func $rep (canon resource.rep $r))
        (core module $m
            (import "" "new" (func $new (param i32) (result i32)))
            (import "" "drop" (func $drop (param i32)))
            (import "" "rep" (func $rep (param i32) (result i32)))
            (func $does (local $n i32)
                (local.set $n (call $new (i32.const 1)))
                (call $drop (local.get $n))
                (drop (call $rep (local.get $n))))
            {EXPORTS})
        (core instance $i (instantiate $m (with "" (instance
            (export "new" (func $new)) (export "drop" (func $drop)) (export "rep" (func $rep))))))"#
    ))
}

/// Two types of its own, and the handle of one where the other is due.
fn confused() -> Vec<u8> {
    text(&format!(
        r#"(type $r (resource (rep i32)))
        (type $s (resource (rep i32)))
        (core func $new (canon resource.new $r))
        (core func $rep (canon resource.rep $s))
        (core module $m
            (import "" "new" (func $new (param i32) (result i32)))
            (import "" "rep" (func $rep (param i32) (result i32)))
            (func $does (drop (call $rep (call $new (i32.const 1)))))
            {EXPORTS})
        (core instance $i (instantiate $m (with "" (instance
            (export "new" (func $new)) (export "rep" (func $rep))))))"#
    ))
}

/// By a table that both modules have.
fn in_its_destructor() -> Vec<u8> {
    text(&format!(
        r#"(core module $t (type $f (func (param i32))) (table (export "t") 1 funcref)
            (func (export "dtor") (param i32)
                (call_indirect (type $f) (i32.const 1) (i32.const 0))))
        (core instance $t (instantiate $t))
        (type $r (resource (rep i32) (dtor (func $t "dtor"))))
        (core func $new (canon resource.new $r))
        (core func $drop (canon resource.drop $r))
        (core module $m
            (import "" "new" (func $new (param i32) (result i32)))
            (import "" "drop" (func $drop (param i32)))
            (import "" "t" (table 1 funcref))
            (elem (i32.const 0) func $drop)
            (func $does (call $drop (call $new (i32.const 1))))
            {EXPORTS})
        (core instance $i (instantiate $m (with "" (instance
            (export "new" (func $new)) (export "drop" (func $drop)) (export "t" (table $t "t"))))))"#
    ))
}

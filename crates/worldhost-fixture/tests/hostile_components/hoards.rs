//! What takes more and more: of the guest's own memory, and of the host's.

use crate::guests::{EXPORTS, Guest, again, does, text};
use crate::matrix::{Hostile, hostile};

const HTTP: &str = r#"
    (import "wasi:http/types@0.2.12" "[constructor]fields" (func $fields (result i32)))
    (import "wasi:http/types@0.2.12" "[method]fields.append"
        (func $append (param i32 i32 i32 i32 i32 i32)))
    (import "wasi:http/types@0.2.12" "[constructor]outgoing-request"
        (func $request (param i32) (result i32)))
    (data (i32.const 64) "name")"#;

const CLOCK: &str = r#"
    (import "wasi:clocks/monotonic-clock@0.2.12" "subscribe-duration"
        (func $for (param i64) (result i32)))"#;

const STREAMS: &str = r#"
    (import "wasi:cli/stdin@0.2.12" "get-stdin" (func $stdin (result i32)))
    (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))"#;

const NETWORK: &str = r#"
    (import "wasi:sockets/instance-network@0.2.12" "instance-network" (func $network (result i32)))
    (import "wasi:sockets/tcp-create-socket@0.2.12" "create-tcp-socket" (func $tcp (param i32 i32)))
    (import "wasi:sockets/udp-create-socket@0.2.12" "create-udp-socket" (func $udp (param i32 i32)))"#;

const RANDOM: &str = r#"
    (import "wasi:random/random@0.2.12" "get-random-bytes" (func $secure (param i64 i32)))
    (import "wasi:random/insecure@0.2.12" "get-insecure-random-bytes"
        (func $insecure (param i64 i32)))"#;

const DEEP: &str = "(func $deep (param i64) (result i64)
    (i64.add (local.get 0) (call $deep (i64.add (local.get 0) (i64.const 1)))))";

const MEMORY: &[&str] = &["--max-memory", "32MiB"];
const HOST: &[&str] = &["--max-host-memory", "4MiB"];
const TABLE: &[&str] = &["--max-table-elements", "10000"];
const RESOURCES: &[&str] = &["--max-resources", "500"];
const HANDLES: &[&str] = &["--max-handles", "5000"];

/// Traps where something did not grow.
fn insists(grow: &str) -> String {
    format!("(if (i32.eq {grow} (i32.const -1)) (then unreachable))")
}

pub fn all() -> Vec<Hostile> {
    vec![
        hostile("memory", again("", &insists("(memory.grow (i32.const 1))")), 134, "raise it with --max-memory")
            .with(MEMORY),
        hostile("memory-at-once", does("", &insists("(memory.grow (i32.const 60000))")), 134, "--max-memory")
            .with(MEMORY),
        hostile("memories", again(
            "(memory $b 1) (memory $c 1)",
            &[insists("(memory.grow $b (i32.const 10))"), insists("(memory.grow $c (i32.const 10))")].concat(),
        ), 134, "--max-memory").with(MEMORY),
        hostile("memory-from-the-beginning", does("(memory $b 2000)", ""), 134, "--max-memory")
            .with(MEMORY),
        hostile("tables", again("(table $t 1 funcref)", &insists("(table.grow $t (ref.null func) (i32.const 1))")), 134, "--max-table-elements")
            .with(TABLE),
        hostile("tables-at-once", does("(table $t 1 externref)", &insists("(table.grow $t (ref.null extern) (i32.const 2000000000))")), 134, "--max-table-elements")
            .with(TABLE),
        hostile("instances", many_instances(), 134, "--max-instances"),
        hostile("resources-of-its-own", own_resources(), 134, "--max-handles").with(HANDLES),
        hostile("clocks", again(CLOCK, "(drop (call $for (i64.const 1000)))"), 134, "--max-resources")
            .with(RESOURCES),
        hostile("clocks-by-memory", again(CLOCK, "(drop (call $for (i64.const 1000)))"), 134, "--max-host-memory")
            .with(HOST).with(&["--max-resources", "100000000"]),
        hostile("streams", again(STREAMS, "(drop (call $stdin)) (drop (call $stdout))"), 134, "--max-host-memory")
            .with(HOST),
        hostile("networks", again(NETWORK, "(drop (call $network))"), 134, "--max-resources")
            .with(RESOURCES),
        hostile("tcp-sockets", sockets("$tcp"), 134, "--max-resources").with(RESOURCES).with(&["--inherit-network"]),
        hostile("udp-sockets", sockets("$udp"), 134, "--max-resources").with(RESOURCES).with(&["--inherit-network"]),
        hostile("http-fields", again(HTTP, "(drop (call $fields))"), 134, "--max-host-memory")
            .with(HOST).with(&["--max-resources", "100000000"]),
        hostile("http-fields-in-one", does(
            HTTP,
            "(memory.fill (i32.const 1024) (i32.const 97) (i32.const 4000))
             (local.set $n (call $fields))
             (loop $again
                (call $append (local.get $n) (i32.const 64) (i32.const 4) (i32.const 1024)
                    (i32.const 4000) (i32.const 16))
                (br $again))",
        ), 134, "--max-http-fields"),
        hostile("http-requests", again(HTTP, "(drop (call $request (call $fields)))"), 134, "--max-host-memory")
            .with(HOST).with(&["--max-resources", "100000000"]),
        hostile("stack", does(DEEP, "(drop (call $deep (i64.const 0)))"), 134, "--max-stack"),
        hostile("stack-by-tables", does(
            "(type $f (func (param i64) (result i64))) (table $t funcref (elem $g))
             (func $g (param i64) (result i64)
                (i64.add (local.get 0) (call_indirect $t (type $f) (local.get 0) (i32.const 0))))",
            "(drop (call $g (i64.const 1)))",
        ), 134, "--max-stack"),
        hostile("stack-of-large-frames", does(&large_frames(), "(drop (call $deep (i64.const 0)))"), 134, "--max-stack"),
        hostile("stack-in-realloc", stack_in_realloc(), 134, "--max-stack"),
        hostile("random", does(RANDOM, "(call $secure (i64.const -1) (i32.const 8))"), 134, "--max-random"),
        hostile("random-one-too-many", does(RANDOM, "(call $secure (i64.const 16777217) (i32.const 8))"), 134, "--max-random"),
        hostile("random-insecure", does(RANDOM, "(call $insecure (i64.const -1) (i32.const 8))"), 134, "--max-random"),
        hostile("fuel-by-random", again(
            RANDOM,
            "(global.set $free (i32.const 65536)) (call $secure (i64.const 60000) (i32.const 8))",
        ), 134, "raise it with --fuel").with(&["--fuel", "10000000"]),
        hostile("garbage", again(
            "(type $a (array (mut i64))) (global $held (mut (ref null $a)) (ref.null $a))",
            "(global.set $held (array.new $a (i64.const 1) (i32.const 100000)))",
        ), 124, "--timeout").or(126, "").with(&["--timeout", "500ms"]),
        hostile("garbage-that-is-held", again(
            "(type $a (struct (field (ref null $a)) (field i64)))
             (global $held (mut (ref null $a)) (ref.null $a))",
            "(global.set $held (struct.new $a (global.get $held) (i64.const 1)))",
        ), 134, "--max-memory").or(126, "").with(MEMORY),
        hostile("garbage-at-once", does(
            "(type $a (array (mut i64)))",
            "(drop (array.new $a (i64.const 1) (i32.const 500000000)))",
        ), 134, "").or(126, "").with(MEMORY),
    ]
}

fn many_instances() -> Vec<u8> {
    let many = "(core instance (instantiate $empty))".repeat(150);
    text(&format!(
        "(core module $empty) {many}
        (core module $m (func $does) {EXPORTS}) (core instance $i (instantiate $m))"
    ))
}

fn own_resources() -> Vec<u8> {
    text(&format!(
        r#"(type $r (resource (rep i32)))
        (core func $new (canon resource.new $r))
        (core module $m
            (import "" "new" (func $new (param i32) (result i32)))
            (func $does (loop $again (drop (call $new (i32.const 1))) (br $again)))
            {EXPORTS})
        (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))"#
    ))
}

fn sockets(kind: &str) -> Vec<u8> {
    again(
        NETWORK,
        &format!(
            "(call {kind} (i32.const 0) (i32.const 16))
             (if (i32.load8_u (i32.const 16)) (then unreachable))"
        ),
    )
}

fn large_frames() -> String {
    let locals = "i64 ".repeat(20_000);
    format!(
        "(func $deep (param i64) (result i64) (local {locals})
            (local.set 19999 (local.get 0))
            (i64.add (local.get 19999) (call $deep (i64.add (local.get 0) (i64.const 1)))))"
    )
}

fn stack_in_realloc() -> Vec<u8> {
    let guest = Guest {
        fields: &format!(
            r#"(import "wasi:cli/environment@0.2.12" "get-arguments" (func $arguments (param i32)))
            {DEEP}"#
        ),
        does: "(call $arguments (i32.const 16))",
        realloc: "(i32.wrap_i64 (call $deep (i64.const 0)))",
        ..Guest::default()
    };
    guest.build()
}

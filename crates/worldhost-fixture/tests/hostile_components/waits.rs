//! What waits, in functions of the host, for what never comes.

use crate::guests::{again, does};
use crate::matrix::{Hostile, endless, hostile};

const CLOCK: &str = r#"
    (import "wasi:clocks/monotonic-clock@0.2.12" "subscribe-duration"
        (func $for (param i64) (result i32)))
    (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))
    (import "wasi:io/poll@0.2.12" "poll" (func $poll (param i32 i32 i32)))"#;

const STDIO: &str = r#"
    (import "wasi:cli/stdin@0.2.12" "get-stdin" (func $stdin (result i32)))
    (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
    (import "wasi:cli/stderr@0.2.12" "get-stderr" (func $stderr (result i32)))
    (import "wasi:io/streams@0.2.12" "[method]input-stream.blocking-read"
        (func $read (param i32 i64 i32)))
    (import "wasi:io/streams@0.2.12" "[method]input-stream.blocking-skip"
        (func $skip (param i32 i64 i32)))
    (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-splice"
        (func $splice (param i32 i32 i64 i32)))
    (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
        (func $write (param i32 i32 i32 i32)))"#;

const LOOKUP: &str = r#"
    (import "wasi:sockets/instance-network@0.2.12" "instance-network" (func $network (result i32)))
    (import "wasi:sockets/ip-name-lookup@0.2.12" "resolve-addresses"
        (func $resolve (param i32 i32 i32 i32)))
    (import "wasi:sockets/ip-name-lookup@0.2.12" "[method]resolve-address-stream.subscribe"
        (func $subscribe (param i32) (result i32)))
    (import "wasi:sockets/ip-name-lookup@0.2.12" "[resource-drop]resolve-address-stream"
        (func $drop (param i32)))
    (import "wasi:sockets/network@0.2.12" "[resource-drop]network" (func $drop-network (param i32)))
    (import "wasi:io/poll@0.2.12" "[resource-drop]pollable" (func $drop-pollable (param i32)))
    (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))
    (data (i32.const 64) "never.invalid")"#;

const TCP: &str = r#"
    (import "wasi:sockets/instance-network@0.2.12" "instance-network" (func $network (result i32)))
    (import "wasi:sockets/tcp-create-socket@0.2.12" "create-tcp-socket" (func $tcp (param i32 i32)))
    (import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.start-connect"
        (func $connect (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.subscribe"
        (func $subscribe (param i32) (result i32)))
    (import "wasi:sockets/tcp@0.2.12" "[resource-drop]tcp-socket" (func $drop (param i32)))
    (import "wasi:sockets/network@0.2.12" "[resource-drop]network" (func $drop-network (param i32)))
    (import "wasi:io/poll@0.2.12" "[resource-drop]pollable" (func $drop-pollable (param i32)))
    (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))"#;

/// Looks the name up, and gives the error's number or none.
const RESOLVE: &str = "(local.set $m (call $network))
    (call $resolve (local.get $m) (i32.const 64) (i32.const 13) (i32.const 16))
    (call $drop-network (local.get $m))";

pub fn all() -> Vec<Hostile> {
    vec![
        endless("for-stdin", again(
            STDIO,
            "(global.set $free (i32.const 65536))
             (call $read (call $stdin) (i64.const 100) (i32.const 16))",
        )).or(134, "--max-host-memory").with(&["--max-resources", "100000000"]),
        endless("for-stdin-skipped", again(
            STDIO,
            "(if (i32.eqz (local.get $n)) (then (local.set $n (i32.add (i32.const 1) (call $stdin)))))
             (call $skip (i32.sub (local.get $n) (i32.const 1)) (i64.const -1) (i32.const 16))",
        )),
        endless("for-stdin-spliced", again(
            STDIO,
            "(if (i32.eqz (local.get $n)) (then
                (local.set $n (i32.add (i32.const 1) (call $stdin)))
                (local.set $m (call $stdout))))
             (call $splice (local.get $m) (i32.sub (local.get $n) (i32.const 1)) (i64.const -1)
                (i32.const 16))",
        )),
        endless("for-a-clock", does(CLOCK, "(call $block (call $for (i64.const -1)))")),
        endless("for-one-of-a-thousand-clocks", does(
            CLOCK,
            "(loop $again
                (i32.store (i32.add (i32.const 1024) (i32.shl (local.get $n) (i32.const 2)))
                    (call $for (i64.const 9000000000000000000)))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $n) (i32.const 1000))))
             (call $poll (i32.const 1024) (i32.const 1000) (i32.const 16))",
        )),
        endless("for-a-clock-again-and-again", again(
            CLOCK,
            "(if (i32.eqz (local.get $n)) (then
                (local.set $n (i32.add (i32.const 1) (call $for (i64.const 0))))))
             (call $block (i32.sub (local.get $n) (i32.const 1)))",
        )),
        endless("for-who-reads", again(
            STDIO,
            "(if (i32.eqz (local.get $n)) (then (local.set $n (i32.add (i32.const 1) (call $stdout)))))
             (call $write (i32.sub (local.get $n) (i32.const 1)) (i32.const 256) (i32.const 4096)
                (i32.const 16))",
        )).unread(),
        endless("for-a-name", again(
            LOOKUP,
            &format!(
                "{RESOLVE}
                 (if (i32.eqz (i32.load8_u (i32.const 16))) (then
                    (local.set $m (call $subscribe (i32.load (i32.const 20))))
                    (call $block (local.get $m))
                    (call $drop-pollable (local.get $m))
                    (call $drop (i32.load (i32.const 20)))))"
            ),
        )).with(&["--allow-net", "never.invalid:80"]),
        endless("for-no-name-that-it-looks-up", again(
            LOOKUP,
            &format!(
                "{RESOLVE}
                 (if (i32.eqz (i32.load8_u (i32.const 16))) (then
                    (call $drop (i32.load (i32.const 20)))))"
            ),
        )).with(&["--allow-net", "never.invalid:80"]),
        hostile("names-without-a-grant", does(
            LOOKUP,
            &format!("{RESOLVE} (if (i32.eqz (i32.load8_u (i32.const 16))) (then unreachable))"),
        ), 0, ""),
        endless("for-a-connection", again(
            TCP,
            "(call $tcp (i32.const 0) (i32.const 16))
             (if (i32.load8_u (i32.const 16)) (then unreachable))
             (local.set $m (call $network))
             (call $connect (i32.load (i32.const 20)) (local.get $m) (i32.const 0) (i32.const 80)
                (i32.const 192) (i32.const 0) (i32.const 2) (i32.const 1) (i32.const 0) (i32.const 0)
                (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32))
             (call $drop-network (local.get $m))
             (local.set $m (call $subscribe (i32.load (i32.const 20))))
             (if (i32.eqz (i32.load8_u (i32.const 32))) (then (call $block (local.get $m))))
             (call $drop-pollable (local.get $m))
             (call $drop (i32.load (i32.const 20)))",
        )).with(&["--allow-net", "192.0.2.1:80"]),
    ]
}

//! What says more than anyone would read, or what a terminal would obey.

use crate::guests::{Guest, again, does, text};
use crate::matrix::{Hostile, endless, hostile};

const LOG: &str = r#"(import "worldhost:plugin/host@0.1.0" "log" (func $log (param i32 i32)))
    (data (i32.const 64) "\1b]0;owned\07\1b[2Jerror: all is lost\0aerror: twice")"#;

const OUT: &str = r#"
    (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
    (import "wasi:cli/stderr@0.2.12" "get-stderr" (func $stderr (result i32)))
    (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
        (func $write (param i32 i32 i32 i32)))
    (import "wasi:io/streams@0.2.12" "[method]output-stream.write"
        (func $unasked (param i32 i32 i32 i32)))"#;

fn floods(stream: &str) -> Vec<u8> {
    again(
        OUT,
        &format!(
            "(if (i32.eqz (local.get $n)) (then (local.set $n (i32.add (i32.const 1) (call {stream})))))
             (call $write (i32.sub (local.get $n) (i32.const 1)) (i32.const 256) (i32.const 4096)
                (i32.const 16))"
        ),
    )
}

/// Does not wait for who reads, nor ask how much it may write.
fn unasked(stream: &str) -> Vec<u8> {
    again(
        OUT,
        &format!(
            "(if (i32.eqz (local.get $n)) (then (local.set $n (i32.add (i32.const 1) (call {stream})))))
             (call $unasked (i32.sub (local.get $n) (i32.const 1)) (i32.const 256) (i32.const 65536)
                (i32.const 16))"
        ),
    )
}

pub fn all() -> Vec<Hostile> {
    let log = || again(LOG, "(call $log (i32.const 64) (i32.const 30))");
    vec![
        endless("stdout", floods("$stdout")),
        endless("stderr", floods("$stderr")),
        endless("logs", log()),
        hostile("stdout-unasked", unasked("$stdout"), 134, "check-write"),
        hostile(
            "stdout-unasked-and-unread",
            unasked("$stdout"),
            134,
            "check-write",
        )
        .unread(),
        hostile("stderr-unasked", unasked("$stderr"), 134, "check-write"),
        hostile("stdout-to-a-limit", floods("$stdout"), 134, "--max-output")
            .with(&["--max-output", "1MiB"]),
        hostile("stderr-to-a-limit", floods("$stderr"), 134, "--max-output")
            .with(&["--max-output", "1MiB"]),
        hostile("logs-to-a-limit", log(), 134, "--max-output").with(&["--max-output", "100KiB"]),
        hostile("logs-to-a-rate", log(), 134, "--max-log-rate").with(&["--max-log-rate", "1000"]),
        hostile(
            "one-log-of-60-mb",
            does(
                LOG,
                "(drop (memory.grow (i32.const 1000)))
             (memory.fill (i32.const 65536) (i32.const 127) (i32.const 60000000))
             (call $log (i32.const 65536) (i32.const 60000000))",
            ),
            0,
            "",
        ),
        hostile(
            "one-log-beyond-what-a-call-has",
            does(
                LOG,
                "(drop (memory.grow (i32.const 1000)))
             (call $log (i32.const 65536) (i32.const 60000000))",
            ),
            134,
            "--max-host-memory",
        )
        .with(&["--max-host-memory", "64MiB"]),
        // Its own words are nobody's error line.
        hostile(
            "what-looks-like-an-error",
            does(LOG, "(call $log (i32.const 64) (i32.const 50))"),
            0,
            "",
        ),
        hostile(
            "names-of-functions",
            named("(func $f (@name \"\\1b[31m\\0aerror: \\u{202e}\") unreachable)"),
            134,
            "unreachable",
        ),
        hostile(
            "names-of-functions-shown",
            named("(func $f (@name \"\\1b[31m\\0aerror: \\u{202e}\") unreachable)"),
            134,
            "unreachable",
        )
        .with(&["-v"]),
        hostile(
            "names-of-a-megabyte",
            named(&format!(
                "(func $f (@name \"{}\") unreachable)",
                "a".repeat(1 << 20)
            )),
            134,
            "unreachable",
        )
        .with(&["-v"]),
        hostile(
            "names-of-modules",
            named("(@custom \"\\1b[31m\" \"\\1b[31m\") (func $f unreachable)"),
            134,
            "unreachable",
        ),
        hostile("names-of-imports", imported(), 126, ""),
        hostile(
            "names-of-interfaces",
            text_of_imports("a:b/c@1.0.0"),
            126,
            "a:b/c@1.0.0",
        ),
        hostile("names-of-ten-thousand-interfaces", many_imports(), 126, ""),
    ]
}

fn named(fields: &str) -> Vec<u8> {
    let guest = Guest {
        fields,
        does: "(call $f)",
        ..Guest::default()
    };
    guest.build()
}

const MODULE: &str = r#"(core module $m
        (memory (export "memory") 2)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
        (func (export "run") (result i32) (i32.const 0))
        (func (export "process") (param i32 i32) (result i32) (i32.const 8)))
    (core instance $i (instantiate $m))"#;

fn text_of_imports(name: &str) -> Vec<u8> {
    text(&format!(
        r#"(import "{name}" (instance (export "f" (func)))) {MODULE}"#
    ))
}

/// A name that no tool would write: what the encoder makes of an ordinary one, changed.
fn imported() -> Vec<u8> {
    let mut bytes = text_of_imports("aaaaaa:bbbb/cccc");
    let at = bytes.windows(16).position(|w| w == b"aaaaaa:bbbb/cccc");
    bytes[at.unwrap()..][..16].copy_from_slice(b"\x1b[31m:\nerror: \x07\x1b");
    bytes
}

fn many_imports() -> Vec<u8> {
    let imports: String = (0..10_000)
        .map(|n| format!(r#"(import "a:b/c{n}" (instance (export "f" (func))))"#))
        .collect();
    text(&format!("{imports} {MODULE}"))
}

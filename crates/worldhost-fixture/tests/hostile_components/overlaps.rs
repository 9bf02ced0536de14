//! The same in WASI 0.3 and with the async functions of the component model.

use crate::guests::Guest;
use crate::matrix::{Hostile, endless, hostile};

const CLOCKS: &str = "import wasi:clocks/monotonic-clock@0.3.0;";
const STDOUT: &str = "import wasi:cli/stdout@0.3.0;";
const STDIN: &str = "import wasi:cli/stdin@0.3.0;";
const EXIT: &str = "import wasi:cli/exit@0.3.0;";
const RANDOM: &str = "import wasi:random/random@0.3.0;";
const LOOKUP: &str = "import wasi:sockets/ip-name-lookup@0.3.0;";

const STREAM: &str = r#"
    (import "wasi:cli/stdout@0.3.0" "[stream-new-0]write-via-stream" (func $new (result i64)))
    (import "wasi:cli/stdout@0.3.0" "[async-lower][stream-write-0]write-via-stream"
        (func $write (param i32 i32 i32) (result i32)))
    (import "wasi:cli/stdout@0.3.0" "[async-lower][stream-read-0]write-via-stream"
        (func $read (param i32 i32 i32) (result i32)))
    (import "wasi:cli/stdout@0.3.0" "[stream-drop-readable-0]write-via-stream" (func $drop (param i32)))
    (import "wasi:cli/stdout@0.3.0" "[stream-cancel-read-0]write-via-stream"
        (func $cancel (param i32) (result i32)))
    (import "wasi:cli/stdout@0.3.0" "write-via-stream" (func $via (param i32) (result i32)))
    (func $reader (param i64) (result i32) (i32.wrap_i64 (local.get 0)))
    (func $writer (param i64) (result i32)
        (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 32))))"#;

const FUTURE: &str = r#"
    (import "wasi:cli/stdout@0.3.0" "[future-new-1]write-via-stream" (func $new (result i64)))"#;

const SETS: &str = r#"
    (import "$root" "[waitable-set-new]" (func $set (result i32)))
    (import "$root" "[waitable-join]" (func $join (param i32 i32)))
    (import "$root" "[waitable-set-drop]" (func $drop (param i32)))
    (import "$root" "[subtask-drop]" (func $drop-task (param i32)))
    (import "$root" "[thread-yield]" (func $yield (result i32)))
    (import "$root" "[waitable-set-poll]" (func $poll (param i32 i32) (result i32)))
    (import "$root" "[waitable-set-wait]" (func $wait (param i32 i32) (result i32)))
    (import "$root" "[backpressure-inc]" (func $more))"#;

const WAIT: &str = r#"
    (import "wasi:clocks/monotonic-clock@0.3.0" "[async-lower]wait-for"
        (func $for (param i64) (result i32)))"#;

const WAIT_BLOCKING: &str = r#"
    (import "wasi:clocks/monotonic-clock@0.3.0" "wait-for" (func $for (param i64)))"#;

const RESOLVE: &str = r#"
    (import "wasi:sockets/ip-name-lookup@0.3.0" "[async-lower]resolve-addresses"
        (func $resolve (param i32 i32 i32) (result i32)))
    (data (i32.const 64) "never.invalid")"#;

fn guest(imports: &str, fields: &str, does: &str) -> Vec<u8> {
    let guest = Guest {
        fields,
        does,
        ..Guest::default()
    };
    guest.build_p3(imports)
}

fn again(imports: &str, fields: &str, body: &str) -> Vec<u8> {
    guest(
        imports,
        fields,
        &format!("(loop $again {body} (br $again))"),
    )
}

fn lie(name: &'static str, imports: &str, fields: &str, body: &str, says: &'static str) -> Hostile {
    hostile(name, guest(imports, fields, body), 134, says)
}

const HANDLES: &[&str] = &["--max-handles", "5000"];

pub fn all() -> Vec<Hostile> {
    vec![
        endless("a-loop", again(CLOCKS, "", "")),
        endless("yields", again(CLOCKS, SETS, "(drop (call $yield))")),
        endless(
            "polls-of-nothing",
            again(
                CLOCKS,
                SETS,
                "(if (i32.eqz (local.get $n)) (then (local.set $n (call $set))))
             (drop (call $poll (local.get $n) (i32.const 16)))",
            ),
        ),
        // A function that is not async may not wait.
        endless(
            "waits-of-an-age",
            guest(CLOCKS, WAIT_BLOCKING, "(call $for (i64.const -1))"),
        )
        .or(134, "cannot block"),
        endless(
            "waits-for-nobody",
            guest(
                CLOCKS,
                SETS,
                "(drop (call $wait (call $set) (i32.const 16)))",
            ),
        )
        .or(134, "cannot block")
        .or(134, "deadlock"),
        hostile(
            "streams",
            again(STDOUT, STREAM, "(drop (call $new))"),
            134,
            "--max-h",
        )
        .with(HANDLES),
        hostile(
            "streams-by-memory",
            again(STDOUT, STREAM, "(drop (call $new))"),
            134,
            "--max-h",
        )
        .with(&["--max-host-memory", "4MiB"]),
        hostile(
            "futures",
            again(STDOUT, FUTURE, "(drop (call $new))"),
            134,
            "--max-h",
        )
        .with(HANDLES),
        hostile(
            "sets",
            again(CLOCKS, SETS, "(drop (call $set))"),
            134,
            "--max-h",
        )
        .with(HANDLES),
        hostile(
            "calls-under-way",
            again(
                CLOCKS,
                WAIT,
                "(drop (call $for (i64.const 9000000000000000000)))",
            ),
            134,
            "--max-h",
        )
        .with(HANDLES),
        hostile(
            "names-under-way",
            again(
                LOOKUP,
                RESOLVE,
                "(drop (call $resolve (i32.const 64) (i32.const 13) (i32.const 16)))",
            ),
            134,
            "--max-h",
        )
        .with(HANDLES)
        .with(&["--allow-net", "never.invalid:80"]),
        lie(
            "write-beyond-memory",
            STDOUT,
            STREAM,
            "(drop (call $write (call $writer (call $new)) (i32.const -16) (i32.const 100)))",
            "",
        ),
        lie(
            "write-of-4-gib",
            STDOUT,
            STREAM,
            "(drop (call $write (call $writer (call $new)) (i32.const 0) (i32.const -1)))",
            "",
        ),
        lie(
            "read-beyond-memory",
            STDOUT,
            STREAM,
            "(drop (call $read (call $reader (call $new)) (i32.const -16) (i32.const 100)))",
            "",
        ),
        lie(
            "write-to-the-end-that-reads",
            STDOUT,
            STREAM,
            "(drop (call $write (call $reader (call $new)) (i32.const 0) (i32.const 1)))",
            "",
        ),
        lie(
            "stream-dropped-twice",
            STDOUT,
            STREAM,
            "(local.set $n (call $reader (call $new))) (call $drop (local.get $n)) (call $drop (local.get $n))",
            "handle",
        ),
        lie(
            "stream-given-twice",
            STDOUT,
            STREAM,
            "(local.set $n (call $reader (call $new)))
             (drop (call $via (local.get $n))) (drop (call $via (local.get $n)))",
            "handle",
        ),
        lie(
            "read-cancelled-that-is-none",
            STDOUT,
            STREAM,
            "(drop (call $cancel (call $reader (call $new))))",
            "",
        ),
        lie(
            "two-reads-at-once",
            STDOUT,
            STREAM,
            "(local.set $n (call $reader (call $new)))
             (drop (call $read (local.get $n) (i32.const 1024) (i32.const 1)))
             (drop (call $read (local.get $n) (i32.const 1024) (i32.const 1)))",
            "",
        ),
        lie(
            "stream-dropped-in-a-read",
            STDOUT,
            STREAM,
            "(local.set $n (call $reader (call $new)))
             (drop (call $read (local.get $n) (i32.const 1024) (i32.const 1)))
             (call $drop (local.get $n))",
            "",
        ),
        lie(
            "set-in-itself",
            CLOCKS,
            SETS,
            "(local.set $n (call $set)) (call $join (local.get $n) (local.get $n))",
            "",
        ),
        lie(
            "set-dropped-twice",
            CLOCKS,
            SETS,
            "(local.set $n (call $set)) (call $drop (local.get $n)) (call $drop (local.get $n))",
            "handle",
        ),
        lie(
            "call-dropped-that-is-none",
            CLOCKS,
            SETS,
            "(call $drop-task (i32.const 77))",
            "",
        ),
        lie(
            "backpressure-beyond-all",
            CLOCKS,
            SETS,
            "(loop $again (call $more) (br $again))",
            "",
        ),
        endless(
            "stdout-and-no-end",
            again(
                STDOUT,
                STREAM,
                "(if (i32.eqz (local.get $n)) (then
                (local.set $n (call $writer (call $new)))))
             (drop (call $write (local.get $n) (i32.const 0) (i32.const 100)))",
            ),
        )
        .or(134, ""),
        hostile(
            "exit",
            guest(
                EXIT,
                r#"(import "wasi:cli/exit@0.3.0" "exit-with-code" (func $exit (param i32)))"#,
                "(call $exit (i32.const 9))",
            ),
            9,
            "",
        )
        .in_process(9, "before it gave a result"),
        // There are as many bytes as the limit says.
        hostile(
            "random",
            guest(
                RANDOM,
                r#"(import "wasi:random/random@0.3.0" "get-random-bytes" (func $get (param i64 i32)))"#,
                "(drop (memory.grow (i32.const 300)))
             (call $get (i64.const -1) (i32.const 16))
             (if (i32.ne (i32.load (i32.const 20)) (i32.const 16777216)) (then unreachable))",
            ),
            0,
            "",
        ),
        hostile(
            "stdin-never-read",
            again(
                STDIN,
                r#"(import "wasi:cli/stdin@0.3.0" "read-via-stream" (func $stdin (param i32)))"#,
                "(call $stdin (i32.const 16))",
            ),
            134,
            "--max-h",
        )
        .with(HANDLES),
    ]
}

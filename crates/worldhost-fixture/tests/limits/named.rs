//! Whoever runs into a limit is told which, by its number and its option; however the
//! component was run, and by whichever compiler.

use crate::support::{Scratch, component, one_line, worldhost};
use std::process::Output;
use std::time::Duration;

/// A guest that runs into one limit.
struct Case {
    /// The option, and a value that is soon reached.
    option: [&'static str; 2],
    /// The value as it is told.
    number: &'static str,
    fields: &'static str,
    body: &'static str,
}

const fn case(
    option: [&'static str; 2],
    number: &'static str,
    fields: &'static str,
    body: &'static str,
) -> Case {
    Case {
        option,
        number,
        fields,
        body,
    }
}

const STDIN: &str = r#"(import "wasi:cli/stdin@0.2.12" "get-stdin" (func $stdin (result i32)))"#;

const HOARD: &str = "(loop $again (drop (call $stdin)) (br $again))";

const LOG: &str = r#"(import "worldhost:plugin/host@0.1.0" "log" (func $log (param i32 i32)))"#;

const SPIN: &str = "(loop $again (br $again))";

const CASES: [Case; 15] = [
    case(
        ["--max-memory", "1MiB"],
        "1048576 bytes",
        "",
        "(if (i32.eq (memory.grow (i32.const 100)) (i32.const -1)) (then unreachable))",
    ),
    case(["--max-host-memory", "1MiB"], "1048576 bytes", STDIN, HOARD),
    case(
        ["--max-hostcall", "64KiB"],
        "65536 bytes",
        LOG,
        "(call $log (i32.const 0) (i32.const 100000))",
    ),
    case(
        ["--max-table-elements", "100"],
        "100 table elements",
        "(table $t 1 funcref)",
        "(if (i32.eq (table.grow $t (ref.null func) (i32.const 100)) (i32.const -1)) (then unreachable))",
    ),
    case(["--max-instances", "1"], "limit of 1 core", LOG, ""),
    case(["--max-resources", "50"], "50 resources", STDIN, HOARD),
    case(["--max-handles", "50"], "50 handles", STDIN, HOARD),
    case(
        ["--max-stack", "128KiB"],
        "131072 bytes",
        "(func $deep (param i64) (result i64)
            (i64.add (local.get 0) (call $deep (i64.add (local.get 0) (i64.const 1)))))",
        "(drop (call $deep (i64.const 0)))",
    ),
    case(
        ["--max-random", "1KiB"],
        "1024 random bytes",
        r#"(import "wasi:random/insecure@0.2.12" "get-insecure-random-bytes" (func $get (param i64 i32)))"#,
        "(call $get (i64.const 1025) (i32.const 8))",
    ),
    case(
        ["--max-http-fields", "1KiB"],
        "1024 bytes",
        r#"(import "wasi:http/types@0.2.12" "[constructor]fields" (func $new (result i32)))
           (import "wasi:http/types@0.2.12" "[method]fields.append" (func $append (param i32 i32 i32 i32 i32 i32)))
           (data (i32.const 64) "name")"#,
        "(memory.fill (i32.const 256) (i32.const 97) (i32.const 2000))
         (call $append (call $new) (i32.const 64) (i32.const 4) (i32.const 256) (i32.const 2000) (i32.const 8))",
    ),
    case(
        ["--max-output", "1KiB"],
        "1024 bytes",
        r#"(import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
           (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
               (func $write (param i32 i32 i32 i32)))"#,
        "(memory.fill (i32.const 256) (i32.const 10) (i32.const 100))
         (loop $again (call $write (call $stdout) (i32.const 256) (i32.const 100) (i32.const 8)) (br $again))",
    ),
    case(
        ["--max-log-rate", "10"],
        "10 logged lines",
        LOG,
        "(loop $again (call $log (i32.const 0) (i32.const 1)) (br $again))",
    ),
    case(
        ["--max-disk-write", "1KiB"],
        "1024 bytes",
        r#"(import "wasi:filesystem/preopens@0.2.12" "get-directories" (func $dirs (param i32)))
           (import "wasi:filesystem/types@0.2.12" "[method]descriptor.open-at"
               (func $open (param i32 i32 i32 i32 i32 i32 i32)))
           (import "wasi:filesystem/types@0.2.12" "[method]descriptor.write-via-stream"
               (func $stream (param i32 i64 i32)))
           (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
               (func $write (param i32 i32 i32 i32)))
           (data (i32.const 64) "file")"#,
        "(call $dirs (i32.const 8))
         ;; Made if it is not there, to write to.
         (call $open (i32.load (i32.load (i32.const 8))) (i32.const 0) (i32.const 64) (i32.const 4)
             (i32.const 1) (i32.const 2) (i32.const 16))
         (call $stream (i32.load (i32.const 20)) (i64.const 0) (i32.const 24))
         (loop $again
             (call $write (i32.load (i32.const 28)) (i32.const 256) (i32.const 100) (i32.const 32))
             (br $again))",
    ),
    case(["--fuel", "10000"], "10000 units of fuel", "", SPIN),
    case(["--timeout", "200ms"], "200ms", "", SPIN),
];

/// A component that does it, whether its `process` is called or its `run`.
fn guest(case: &Case) -> Vec<u8> {
    let wit = "package test:guest;
        package wasi:http@0.2.12 { interface types {
            variant header-error { invalid-syntax, forbidden, immutable }
            resource fields {
                constructor();
                append: func(name: string, value: list<u8>) -> result<_, header-error>;
            }
        } }
        world guest {
            import worldhost:plugin/host@0.1.0; include wasi:cli/imports@0.2.12;
            import wasi:http/types@0.2.12;
            export wasi:cli/run@0.2.12; export process: func(input: string) -> string;
        }";
    let Case { fields, body, .. } = case;
    let core = format!(
        r#"(module
            {fields}
            (memory (export "memory") 2)
            (global $free (mut i32) (i32.const 65536))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
                (global.set $free (i32.add (local.get $at) (local.get 3)))
                (local.get $at))
            (func $does {body})
            (func (export "wasi:cli/run@0.2.12#run") (result i32)
                (call $does) (i32.const 0))
            (func (export "process") (param i32 i32) (result i32)
                (call $does) (i32.const 8)))"#
    );
    component(wit, "guest", &core)
}

const RUNS: [(&[&str], &[&str]); 4] = [
    (&["run"], &[]),
    (&["call"], &["process(\"x\")"]),
    (&["process"], &["x"]),
    (&["process", "--fresh", "--jobs", "2"], &["x"]),
];

#[test]
fn every_limit_is_named_with_its_number_and_its_option() {
    let scratch = Scratch::new();
    let dir = scratch.path().join("dir");
    std::fs::create_dir(&dir).unwrap();
    for case in &CASES {
        let name = case.option[0];
        let path = scratch.file(&format!("{name}.wasm"), guest(case));
        for compiler in ["cranelift", "winch"] {
            for (command, words) in RUNS {
                let run = |options: &[&str]| -> Output {
                    let mut run = worldhost();
                    run.args(command)
                        .args(["--compiler", compiler])
                        .args(options);
                    run.args(["--dir", dir.to_str().unwrap()]);
                    // A guest that its limit does not end is to fail here.
                    run.timeout(Duration::from_secs(60));
                    run.arg(&path).args(words).output().unwrap()
                };
                let output = run(&case.option);
                let place = format!("{name} {command:?} {compiler}");
                let stderr = String::from_utf8_lossy(&output.stderr);
                let due = if name == "--timeout" { 124 } else { 134 };
                assert_eq!(output.status.code(), Some(due), "{place}: {stderr}");
                let line = one_line(&output.stderr);
                assert!(line.contains(case.number), "{place}: {line}");
                assert!(line.ends_with(&advice(name)), "{place}: {line}");
            }
        }
    }
    assert!(std::fs::metadata(dir.join("file")).unwrap().len() <= 1024);
}

fn advice(option: &str) -> String {
    match option {
        "--timeout" => "allow more with --timeout, or --timeout none".into(),
        option => format!("raise it with {option}"),
    }
}

/// A limit that is added has a guest here, and a line in the documentation.
#[test]
fn no_limit_is_left_out() {
    let tried: Vec<_> = CASES.iter().map(|case| case.option[0]).collect();
    let told = std::fs::read_to_string(crate::support::root().join("docs/limits.md")).unwrap();
    for limit in worldhost::Limit::ALL {
        let option = format!("--{}", limit.name());
        assert!(tried.contains(&option.as_str()), "{option}");
        assert!(
            told.contains(&format!("\n| `{}` | ", limit.name())),
            "{option}"
        );
    }
}

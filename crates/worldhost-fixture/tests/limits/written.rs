//! What guests of WASI 0.2 and 0.3 print and write to files is bounded, whichever way they
//! take.

use crate::support::{Scratch, component, one_line, worldhost};
use std::path::Path;
use std::process::Output;

/// What of WASI 0.3 the guests use.
const WASI: &str = "
    package wasi:cli@0.3.0 {
        interface types { enum error-code { io, illegal-byte-sequence, pipe } }
        interface run { run: async func() -> result; }
        interface stdout {
            use types.{error-code};
            write-via-stream: func(data: stream<u8>) -> future<result<_, error-code>>;
        }
    }
    package wasi:filesystem@0.3.0 {
        interface types {
            type filesize = u64;
            flags descriptor-flags {
                read, write, file-integrity-sync, data-integrity-sync, requested-write-sync,
                mutate-directory
            }
            flags path-flags { symlink-follow }
            flags open-flags { create, directory, exclusive, truncate }
            variant error-code {
                access, already, bad-descriptor, busy, deadlock, quota, exist, file-too-large,
                illegal-byte-sequence, in-progress, interrupted, invalid, io, is-directory, loop,
                too-many-links, message-size, name-too-long, no-device, no-entry, no-lock,
                insufficient-memory, insufficient-space, not-directory, not-empty,
                not-recoverable, unsupported, no-tty, no-such-device, overflow, not-permitted,
                pipe, read-only, invalid-seek, text-file-busy, cross-device,
                other(option<string>)
            }
            resource descriptor {
                write-via-stream: func(data: stream<u8>, offset: filesize)
                    -> future<result<_, error-code>>;
                append-via-stream: func(data: stream<u8>) -> future<result<_, error-code>>;
                set-size: async func(size: filesize) -> result<_, error-code>;
                open-at: async func(path-flags: path-flags, path: string, open-flags: open-flags,
                    %flags: descriptor-flags) -> result<descriptor, error-code>;
            }
        }
        interface preopens {
            use types.{descriptor};
            get-directories: func() -> list<tuple<descriptor, string>>;
        }
    }";

/// A command that writes 100 bytes again and again, as long as they are taken, and says that
/// all went well.
fn writes(imports: &str, fields: &str, open: &str) -> Vec<u8> {
    let wit = format!(
        "package test:guest; {WASI}
         world guest {{ {imports} export wasi:cli/run@0.3.0; }}"
    );
    let core = format!(
        r#"(module
            {fields}
            (memory (export "memory") 2)
            (global $free (mut i32) (i32.const 65536))
            (data (i32.const 64) "file")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
                (global.set $free (i32.add (local.get $at) (local.get 3)))
                (local.get $at))
            (func (export "wasi:cli/run@0.3.0#run") (result i32)
                (local $ends i64) (local $to i32) (local $from i32)
                (memory.fill (i32.const 256) (i32.const 10) (i32.const 100))
                (local.set $ends (call $new))
                (local.set $from (i32.wrap_i64 (local.get $ends)))
                (local.set $to (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))))
                {open}
                (loop $again
                    (br_if $again (i32.eqz (i32.and (i32.const 15)
                        (call $write (local.get $to) (i32.const 256) (i32.const 100))))))
                (i32.const 0)))"#
    );
    component(&wit, "guest", &core)
}

fn to_stdout() -> Vec<u8> {
    writes(
        "import wasi:cli/stdout@0.3.0;",
        r#"(import "wasi:cli/stdout@0.3.0" "[stream-new-0]write-via-stream" (func $new (result i64)))
           (import "wasi:cli/stdout@0.3.0" "[stream-write-0]write-via-stream"
               (func $write (param i32 i32 i32) (result i32)))
           (import "wasi:cli/stdout@0.3.0" "write-via-stream" (func $via (param i32) (result i32)))"#,
        "(drop (call $via (local.get $from)))",
    )
}

fn to_file(function: &str, offset: &str) -> Vec<u8> {
    let offset_type = if offset.is_empty() { "" } else { "i64" };
    writes(
        "import wasi:filesystem/types@0.3.0; import wasi:filesystem/preopens@0.3.0;",
        &format!(
            r#"(import "wasi:filesystem/types@0.3.0" "[stream-new-0][method]descriptor.{function}"
                   (func $new (result i64)))
               (import "wasi:filesystem/types@0.3.0" "[stream-write-0][method]descriptor.{function}"
                   (func $write (param i32 i32 i32) (result i32)))
               (import "wasi:filesystem/types@0.3.0" "[method]descriptor.{function}"
                   (func $via (param i32 i32 {offset_type}) (result i32)))
               (import "wasi:filesystem/preopens@0.3.0" "get-directories" (func $dirs (param i32)))
               (import "wasi:filesystem/types@0.3.0" "[method]descriptor.open-at"
                   (func $open (param i32 i32 i32 i32 i32 i32 i32)))"#
        ),
        &format!(
            "(call $dirs (i32.const 8))
             (call $open (i32.load (i32.load (i32.const 8))) (i32.const 0) (i32.const 64)
                 (i32.const 4) (i32.const 1) (i32.const 2) (i32.const 16))
             (if (i32.load8_u (i32.const 16)) (then unreachable))
             (drop (call $via (i32.load (i32.const 20)) (local.get $from) {offset}))"
        ),
    )
}

/// A command that makes a file as large as it can.
fn grows() -> Vec<u8> {
    let wit = format!(
        "package test:guest; {WASI}
         world guest {{
             import wasi:filesystem/types@0.3.0; import wasi:filesystem/preopens@0.3.0;
             export wasi:cli/run@0.3.0;
         }}"
    );
    let core = r#"(module
        (import "wasi:filesystem/preopens@0.3.0" "get-directories" (func $dirs (param i32)))
        (import "wasi:filesystem/types@0.3.0" "[method]descriptor.open-at"
            (func $open (param i32 i32 i32 i32 i32 i32 i32)))
        (import "wasi:filesystem/types@0.3.0" "[method]descriptor.set-size"
            (func $size (param i32 i64 i32)))
        (memory (export "memory") 2)
        (data (i32.const 64) "file")
        (global $free (mut i32) (i32.const 65536))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (global.set $free (i32.add (global.get $free) (i32.const 4096)))
            (global.get $free))
        (func (export "wasi:cli/run@0.3.0#run") (result i32) (local $size i64)
            (call $dirs (i32.const 8))
            (call $open (i32.load (i32.load (i32.const 8))) (i32.const 0) (i32.const 64)
                (i32.const 4) (i32.const 1) (i32.const 2) (i32.const 16))
            (if (i32.load8_u (i32.const 16)) (then unreachable))
            (loop $again
                (local.set $size (i64.add (local.get $size) (i64.const 100)))
                (call $size (i32.load (i32.const 20)) (local.get $size) (i32.const 32))
                (br_if $again (i32.eqz (i32.load8_u (i32.const 32)))))
            (i32.const 0)))"#;
    component(&wit, "guest", core)
}

fn run(options: &[&str], component: &Path) -> Output {
    let mut command = worldhost();
    // The writes of these guests wait until they are done.
    command.args(["run", "-W", "component-model-more-async-builtins"]);
    command.args(options).arg(component);
    command.timeout(std::time::Duration::from_secs(60));
    command.output().unwrap()
}

#[track_caller]
fn is_named(output: &Output, option: &str) {
    let line = one_line(&output.stderr);
    assert_eq!(output.status.code(), Some(134), "{line}");
    assert!(line.contains("1024 bytes"), "{line}");
    assert!(line.ends_with(&format!("raise it with {option}")), "{line}");
}

#[test]
fn what_is_printed_is_bounded() {
    let scratch = Scratch::new();
    let prints = scratch.file("prints.wasm", to_stdout());
    let output = run(&["--max-output", "1KiB"], &prints);
    is_named(&output, "--max-output");
    assert!(output.stdout.len() <= 1024, "{}", output.stdout.len());
}

#[test]
fn what_is_written_to_files_is_bounded() {
    let scratch = Scratch::new();
    for (name, guest) in [
        ("at", to_file("write-via-stream", "(i64.const 0)")),
        ("append", to_file("append-via-stream", "")),
        ("grows", grows()),
    ] {
        let dir = scratch.path().join(name);
        std::fs::create_dir(&dir).unwrap();
        let writes = scratch.file(&format!("{name}.wasm"), guest);
        let dir_option = dir.to_str().unwrap();
        let output = run(&["--max-disk-write", "1KiB", "--dir", dir_option], &writes);
        is_named(&output, "--max-disk-write");
        let size = dir.join("file").metadata().unwrap().len();
        assert!((900..=1024).contains(&size), "{name}: {size}");
    }
}
/// A command of WASI 0.2 that does this with a new file, whose handle is at 20.
fn with_file(imports: &str, body: &str) -> Vec<u8> {
    crate::support::wasi_command(
        &format!(
            r#"(import "wasi:filesystem/preopens@0.2.12" "get-directories" (func $dirs (param i32)))
               (import "wasi:filesystem/types@0.2.12" "[method]descriptor.open-at"
                   (func $open (param i32 i32 i32 i32 i32 i32 i32)))
               {imports}
               (data (i32.const 64) "file")"#
        ),
        &format!(
            "(call $dirs (i32.const 8))
             (call $open (i32.load (i32.load (i32.const 8))) (i32.const 0) (i32.const 64) (i32.const 4)
                 (i32.const 1) (i32.const 2) (i32.const 16))
             (if (i32.load8_u (i32.const 16)) (then unreachable))
             (loop $again
                 {body}
                 (local.set $n (i32.add (local.get $n) (i32.const 100)))
                 (br_if $again (i32.lt_u (local.get $n) (i32.const 2000))))
             (i32.const 0)"
        ),
    )
}

#[test]
fn every_way_of_wasi_0_2_to_write_to_a_file_is_counted() {
    let scratch = Scratch::new();
    for (name, imports, body) in [
        (
            "write",
            r#"(import "wasi:filesystem/types@0.2.12" "[method]descriptor.write"
                (func $write (param i32 i32 i32 i64 i32)))"#,
            "(call $write (i32.load (i32.const 20)) (i32.const 256) (i32.const 100)
                 (i64.extend_i32_u (local.get $n)) (i32.const 32))",
        ),
        (
            "size",
            r#"(import "wasi:filesystem/types@0.2.12" "[method]descriptor.set-size"
                (func $size (param i32 i64 i32)))"#,
            "(call $size (i32.load (i32.const 20))
                 (i64.extend_i32_u (i32.add (local.get $n) (i32.const 100))) (i32.const 32))",
        ),
        (
            "append",
            r#"(import "wasi:filesystem/types@0.2.12" "[method]descriptor.append-via-stream"
                   (func $stream (param i32 i32)))
               (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
                   (func $write (param i32 i32 i32 i32)))"#,
            "(call $stream (i32.load (i32.const 20)) (i32.const 24))
             (call $write (i32.load (i32.const 28)) (i32.const 256) (i32.const 100) (i32.const 32))",
        ),
        (
            "zeroes",
            r#"(import "wasi:filesystem/types@0.2.12" "[method]descriptor.append-via-stream"
                   (func $stream (param i32 i32)))
               (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-zeroes-and-flush"
                   (func $write (param i32 i64 i32)))"#,
            "(call $stream (i32.load (i32.const 20)) (i32.const 24))
             (call $write (i32.load (i32.const 28)) (i64.const 100) (i32.const 32))",
        ),
    ] {
        let writes = scratch.file(&format!("{name}.wasm"), with_file(imports, body));
        let run = |limit: &str| {
            let dir = scratch.path().join(format!("{name}-{limit}"));
            std::fs::create_dir(&dir).unwrap();
            let mut command = worldhost();
            command.args(["run", "--max-disk-write", limit, "--dir"]);
            let output = command.arg(&dir).arg(&writes).output().unwrap();
            (output, dir.join("file").metadata().unwrap().len())
        };
        let (output, size) = run("1KiB");
        is_named(&output, "--max-disk-write");
        assert_eq!(size, 1000, "{name}");
        let (output, size) = run("2000");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {stderr}");
        assert_eq!(size, 2000, "{name}");
    }
}

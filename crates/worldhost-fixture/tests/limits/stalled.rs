//! Guests that write and write, and readers that do not read, or slowly.

use crate::support::{Scratch, command, plugin_with, wasi_command};
use std::io::{BufRead, BufReader, Read, pipe};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A command that writes lines to stdout or stderr, for ever.
fn floods(stream: &str) -> Vec<u8> {
    let fields = format!(
        r#"(import "wasi:cli/{stream}@0.2.12" "get-{stream}" (func $get (result i32)))
           (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
               (func $write (param i32 i32 i32 i32)))
           (data (i32.const 64) "a line\0a")"#
    );
    wasi_command(
        &fields,
        "(local.set $n (call $get))
         (loop $again
            (call $write (local.get $n) (i32.const 64) (i32.const 7) (i32.const 8))
            (br_if $again (i32.eqz (i32.load8_u (i32.const 8)))))
         (i32.const 1)",
    )
}

/// A plugin that logs `a line` as many times as this.
fn logs(times: u32) -> Vec<u8> {
    let body = format!(
        "(local $n i32)
         (loop $again
            (call $log (i32.const 64) (i32.const 6))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $n) (i32.const {times}))))
         (i32.const 8)"
    );
    let log = r#"(import "worldhost:plugin/host@0.1.0" "log" (func $log (param i32 i32)))
                 (data (i32.const 64) "a line")"#;
    plugin_with(log, &body)
}

/// Runs it with nobody reading, and gives what is in the pipe afterwards.
fn unread(mut command: Command, streams: &[&str]) -> String {
    let (mut reader, writer) = pipe().unwrap();
    command.stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    for stream in streams {
        let writer = writer.try_clone().unwrap();
        match *stream {
            "stdout" => command.stdout(writer),
            _ => command.stderr(writer),
        };
    }
    drop(writer);
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    // It has closed its end of the pipe.
    drop(command);
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if start.elapsed() > Duration::from_secs(30) {
            child.kill().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(code, Some(124));
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    text
}

fn guest(args: &[&str], component: &Path, inputs: &[&str]) -> Command {
    let mut command = command();
    command.args(args).arg(component).args(inputs);
    command
}

#[test]
fn a_reader_that_stalls_holds_up_nothing_beyond_the_timeout() {
    let scratch = Scratch::new();
    for stream in ["stdout", "stderr"] {
        let component = scratch.file("floods.wasm", floods(stream));
        let run = || guest(&["run", "--timeout", "300ms"], &component, &[]);
        for streams in [&[stream][..], &["stdout", "stderr"]] {
            assert!(unread(run(), streams).starts_with("a line\na line\n"));
        }
    }
    let component = scratch.file("logs.wasm", logs(u32::MAX));
    for options in [
        &[][..],
        &["--keep-going"],
        &["--keep-going", "--fresh", "--jobs", "2"],
    ] {
        let args = [&["process", "--timeout", "300ms"], options].concat();
        let text = unread(guest(&args, &component, &["x", "y"]), &["stderr"]);
        // No line is cut in two.
        let rest = text.replace("[log] a line\n", "");
        assert!(text.len() > 10_000 && rest.is_empty(), "{rest}");
    }
}

#[test]
fn the_result_of_a_call_is_printed_in_the_time_of_the_call() {
    // More than a pipe takes.
    let body = "(drop (memory.grow (i32.const 16)))
         (memory.fill (i32.const 65536) (i32.const 97) (i32.const 1000000))
         (i32.store (i32.const 8) (i32.const 65536))
         (i32.store (i32.const 12) (i32.const 1000000))
         (i32.const 8)";
    let scratch = Scratch::new();
    let component = scratch.file("long.wasm", plugin_with("", body));
    for json in [&[][..], &["--json"]] {
        let args = [&["call", "--timeout", "300ms"], json].concat();
        let text = unread(guest(&args, &component, &["process(\"x\")"]), &["stdout"]);
        assert!(text.starts_with("\"aaa") && text.len() < 1_000_000);
    }
}

#[test]
fn a_reader_that_is_slow_gets_everything() {
    const LINES: u32 = 20_000;
    let scratch = Scratch::new();
    let component = scratch.file("logs.wasm", logs(LINES));
    for options in [&[][..], &["--fresh"]] {
        let args = [&["process"], options].concat();
        let mut command = guest(&args, &component, &["x"]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = 0;
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            assert_eq!(line.unwrap(), "[log] a line");
            if lines % 1000 == 0 {
                std::thread::sleep(Duration::from_millis(20));
            }
            lines += 1;
        }
        assert_eq!(lines, LINES);
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn a_reader_that_has_gone_is_told_to_who_writes() {
    let scratch = Scratch::new();
    let component = scratch.file("floods.wasm", floods("stdout"));
    let mut child = guest(&["run"], &component, &[])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut begin = [0; 7];
    child.stdout.take().unwrap().read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"a line\n");
    // It gives its own 1 when it cannot write.
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_line_without_an_end_gets_one() {
    let fields = r#"(import "wasi:cli/stderr@0.2.12" "get-stderr" (func $get (result i32)))
        (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
            (func $write (param i32 i32 i32 i32)))
        (data (i32.const 64) "begun")"#;
    let body =
        "(call $write (call $get) (i32.const 64) (i32.const 5) (i32.const 16)) (i32.const 8)";
    let scratch = Scratch::new();
    let component = scratch.file("begins.wasm", plugin_with(fields, body));
    let output = guest(&["process", "--fresh"], &component, &["x", "y"]).output();
    assert_eq!(output.unwrap().stderr, b"begun\nbegun\n");
}

#[test]
fn a_log_line_is_cut_off_where_it_is_long() {
    const BYTES: u32 = 100 << 20;
    let body = format!(
        "(drop (memory.grow (i32.const {})))
         (memory.fill (i32.const 65536) (i32.const 127) (i32.const {BYTES}))
         (call $log (i32.const 65536) (i32.const {BYTES}))
         (i32.const 8)",
        BYTES / 65536
    );
    let log = r#"(import "worldhost:plugin/host@0.1.0" "log" (func $log (param i32 i32)))"#;
    let scratch = Scratch::new();
    let component = scratch.file("long.wasm", plugin_with(log, &body));
    let output = guest(&["process"], &component, &["x"]).output().unwrap();
    assert!(output.status.success());
    let line = String::from_utf8(output.stderr).unwrap();
    assert!(line.starts_with("[log] \\u{7f}\\u{7f}") && line.ends_with("\\u{7f}… (cut off)\n"));
    assert!(line.len() <= 4096);
}

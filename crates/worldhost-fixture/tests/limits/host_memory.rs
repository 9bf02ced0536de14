//! What a guest makes the host keep for it is bounded, by one number and all together.

use crate::support::{Scratch, command, one_line, plugin_with, wasi_command, wasi_command_with};
use std::path::Path;
use std::process::Stdio;

const MIB: u64 = 1 << 20;

/// What documentation allows beside the limits: most of it is compiled code.
const BESIDE: u64 = 64 * MIB;

/// Runs it; gives the exit code, stderr, and the most that was resident. The shell that waits
/// for it knows, since it has no other child.
fn run(args: &[&str], component: &Path, inputs: &[&str]) -> (Option<i32>, Vec<u8>, u64) {
    let mut child = command()
        .args(args)
        .arg(component)
        .args(inputs)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let code = loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM:"));
        if let Some(kib) = line.and_then(|line| line.split_whitespace().nth(1)) {
            peak = kib.parse::<u64>().unwrap() << 10;
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    };
    let output = child.wait_with_output().unwrap();
    (code, output.stderr, peak)
}

/// It is stopped at the limit, which is named, and has had no more.
#[track_caller]
fn stops(component: &Path, args: &[&str], limit: u64) {
    let (code, stderr, peak) = run(args, component, &[]);
    let line = one_line(&stderr);
    assert_eq!(code, Some(134), "{line}");
    let words = format!("the host memory limit of {limit} bytes");
    assert!(
        line.contains(&words) && line.contains("--max-host-memory"),
        "{line}"
    );
    assert!(peak < limit + 2 * MIB + BESIDE, "{} MiB", peak / MIB);
}

/// A command that does this again and again.
fn again(fields: &str, body: &str) -> Vec<u8> {
    wasi_command(
        fields,
        &format!("(loop $again {body} (br $again)) (i32.const 0)"),
    )
}

const DIRS: &str = r#"
    (import "wasi:filesystem/preopens@0.2.12" "get-directories" (func $dirs (param i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.read-directory" (func $list (param i32 i32)))
    (global $dir (mut i32) (i32.const 0))"#;

const FIRST: &str = "(if (i32.eqz (global.get $dir)) (then
    (call $dirs (i32.const 8))
    (global.set $dir (i32.add (i32.const 1) (i32.load (i32.load (i32.const 8)))))))";

#[test]
fn listings_are_counted_together() {
    let scratch = Scratch::new();
    let dir = scratch.path().join("dir");
    std::fs::create_dir(&dir).unwrap();
    for number in 0..3000 {
        std::fs::write(dir.join(format!("{number:0200}")), "").unwrap();
    }
    let list = format!(
        "{FIRST} (call $list (i32.sub (global.get $dir) (i32.const 1)) (i32.const 16))
         (if (i32.load8_u (i32.const 16)) (then unreachable))"
    );
    let hoards = scratch.file("hoards.wasm", again(DIRS, &list));
    let dir = dir.to_str().unwrap();
    stops(&hoards, &["run", "--dir-ro", dir], 256 * MIB);
    stops(
        &hoards,
        &["run", "--max-host-memory", "20MiB", "--dir-ro", dir],
        20 * MIB,
    );
    // One alone is too much as well.
    stops(
        &hoards,
        &["run", "--max-host-memory", "1MiB", "--dir-ro", dir],
        MIB,
    );

    // Those that are dropped do not count.
    let drops = format!(
        r#"(import "wasi:filesystem/types@0.2.12" "[resource-drop]directory-entry-stream" (func $drop (param i32))) {DIRS}"#
    );
    let body = format!(
        "(loop $again {list} (call $drop (i32.load (i32.const 20)))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $n) (i32.const 300))))
         (i32.const 0)"
    );
    let drops = scratch.file("drops.wasm", wasi_command(&drops, &body));
    let args = ["run", "--max-host-memory", "20MiB", "--dir-ro", dir];
    let (code, stderr, _) = run(&args, &drops, &[]);
    assert_eq!(code, Some(0), "{}", String::from_utf8_lossy(&stderr));
}

#[test]
fn streams_are_counted_together() {
    let scratch = Scratch::new();
    let streams = r#"(import "wasi:cli/stdin@0.2.12" "get-stdin" (func $get (result i32)))"#;
    let hoards = scratch.file("hoards.wasm", again(streams, "(drop (call $get))"));
    stops(&hoards, &["run"], 256 * MIB);
}

/// What of `wasi:http` the guest uses.
const HTTP: &str = "package wasi:http@0.2.12 { interface types {
    variant header-error { invalid-syntax, forbidden, immutable }
    resource fields {
        constructor();
        append: func(name: string, value: list<u8>) -> result<_, header-error>;
    }
    resource outgoing-request { constructor(headers: fields); }
} }";

/// A command that does this again and again.
fn again_in_http(body: &str) -> Vec<u8> {
    let body = format!("(loop $again {body} (br $again)) (i32.const 0)");
    wasi_command_with(HTTP, "import wasi:http/types@0.2.12;", FIELDS, &body)
}

const FIELDS: &str = r#"
    (import "wasi:http/types@0.2.12" "[constructor]fields" (func $new (result i32)))
    (import "wasi:http/types@0.2.12" "[method]fields.append" (func $append (param i32 i32 i32 i32 i32 i32)))
    (import "wasi:http/types@0.2.12" "[constructor]outgoing-request" (func $request (param i32) (result i32)))
    (data (i32.const 64) "name")"#;

#[test]
fn http_fields_are_counted_together() {
    let scratch = Scratch::new();
    // Each near the most that one may have.
    let one = "(memory.fill (i32.const 65536) (i32.const 97) (i32.const 100000))
         (local.set $n (call $new))
         (call $append (local.get $n) (i32.const 64) (i32.const 4) (i32.const 65536) (i32.const 100000) (i32.const 8))
         (if (i32.load8_u (i32.const 8)) (then unreachable))";
    let hoards = scratch.file("hoards.wasm", again_in_http(one));
    stops(&hoards, &["run"], 256 * MIB);
    let in_requests = format!("{one} (drop (call $request (local.get $n)))");
    let hoards = scratch.file("hoards.wasm", again_in_http(&in_requests));
    stops(&hoards, &["run"], 256 * MIB);
}

/// A plugin whose result has as many MiB as the input bytes.
fn answers() -> Vec<u8> {
    plugin_with(
        "",
        "(local $size i32)
         (global.set $free (i32.const 65536))
         (local.set $size (i32.shl (local.get $len) (i32.const 20)))
         (drop (memory.grow (i32.sub (i32.const 1700) (memory.size))))
         (memory.fill (i32.const 131072) (i32.const 97) (local.get $size))
         (i32.store (i32.const 8) (i32.const 131072))
         (i32.store (i32.const 12) (local.get $size))
         (i32.const 8)",
    )
}

#[test]
fn the_values_of_one_call_are_bounded() {
    let scratch = Scratch::new();
    let component = scratch.file("answers.wasm", answers());
    let input = "x".repeat(40);
    let (code, stderr, _) = run(&["process"], &component, &[&input]);
    assert_eq!(code, Some(0), "{}", String::from_utf8_lossy(&stderr));
    let (code, stderr, _) = run(
        &["process", "--max-host-memory", "40MiB"],
        &component,
        &[&input],
    );
    let line = one_line(&stderr);
    assert_eq!(code, Some(134), "{line}");
    assert!(
        line.contains("41943040 bytes") && line.contains("--max-host-memory"),
        "{line}"
    );
}

#[test]
fn results_that_wait_are_bounded_and_none_is_there_twice() {
    let scratch = Scratch::new();
    let component = scratch.file("answers.wasm", answers());
    let large = "x".repeat(60);
    for options in [
        &["--fresh", "--jobs", "1"][..],
        &["--fresh", "--jobs", "1", "--json"],
        &["--json"],
        &[],
    ] {
        let args = [&["process"], options].concat();
        let (code, stderr, peak) = run(&args, &component, &[&large[..]; 4]);
        assert_eq!(code, Some(0), "{}", String::from_utf8_lossy(&stderr));
        // The guest, a result that it gives, and one that is written.
        let most = 107 * MIB + 2 * 60 * MIB + BESIDE;
        assert!(peak < most, "{options:?}: {} MiB", peak / MIB);
    }
}

//! What is done with a directory to get out of it, to wait in it, or to fill the disk.

use crate::guests::{again, does};
use crate::matrix::{Hostile, hostile};

const FILES: &str = r#"
    (import "wasi:filesystem/preopens@0.2.12" "get-directories" (func $dirs (param i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.open-at"
        (func $open-at (param i32 i32 i32 i32 i32 i32 i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.stat-at"
        (func $stat-at (param i32 i32 i32 i32 i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.symlink-at"
        (func $symlink-at (param i32 i32 i32 i32 i32 i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.link-at"
        (func $link-at (param i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.rename-at"
        (func $rename-at (param i32 i32 i32 i32 i32 i32 i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.unlink-file-at"
        (func $unlink-at (param i32 i32 i32 i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.create-directory-at"
        (func $mkdir-at (param i32 i32 i32 i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.set-size"
        (func $set-size (param i32 i64 i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.read"
        (func $read (param i32 i64 i64 i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.write"
        (func $write (param i32 i32 i32 i64 i32)))
    (import "wasi:filesystem/types@0.2.12" "[method]descriptor.read-directory"
        (func $list (param i32 i32)))
    (global $dir (mut i32) (i32.const -1))
    (func $first
        (if (i32.eq (global.get $dir) (i32.const -1)) (then
            (call $dirs (i32.const 8))
            (global.set $dir (i32.load (i32.load (i32.const 8)))))))
    ;; Of the name at 256, with links followed or not; gives whether there was an error.
    (func $open (param $length i32) (param $follow i32) (param $flags i32) (param $mode i32) (result i32)
        (call $first)
        (call $open-at (global.get $dir) (local.get $follow) (i32.const 256) (local.get $length)
            (local.get $flags) (local.get $mode) (i32.const 32))
        (i32.load8_u (i32.const 32)))"#;

/// With a name in memory.
fn fields(name: &str) -> String {
    format!(r#"{FILES} (data (i32.const 256) "{name}") (data (i32.const 512) "mine")"#)
}

/// Opens it, by every way of opening: whoever gets it has got out.
fn refused(name: &'static str, path: &str, options: &[&'static str]) -> Hostile {
    let length = path.replace("\\00", "0").len();
    let mut body = String::new();
    for follow in [0, 1] {
        for (flags, mode) in [(0, 1), (0, 2), (0, 3), (1, 2), (9, 3), (2, 1)] {
            body += &format!(
                "(if (i32.eqz (call $open (i32.const {length}) (i32.const {follow})
                    (i32.const {flags}) (i32.const {mode}))) (then unreachable))"
            );
        }
    }
    hostile(name, does(&fields(path), &body), 0, "").with(options)
}

/// Does this, which must be an error for the guest at 32.
fn denied(name: &'static str, path: &str, body: &str, options: &[&'static str]) -> Hostile {
    let body = format!(
        "(call $first) {body} (if (i32.eqz (i32.load8_u (i32.const 32))) (then unreachable))"
    );
    hostile(name, does(&fields(path), &body), 0, "").with(options)
}

const DIR: &[&str] = &["--dir", "DIR"];
const DIR_RO: &[&str] = &["--dir-ro", "DIR"];

pub fn all() -> Vec<Hostile> {
    let deep = "a/".repeat(30_000);
    let long = "a".repeat(60_000);
    vec![
        refused("a-fifo", "fifo", DIR),
        refused("a-fifo-behind-a-link", "tofifo/", DIR),
        refused("a-link-out", "out/", DIR),
        refused("a-link-up", "up/", DIR),
        refused("what-is-above", "..", DIR),
        refused("what-is-beside", "../secret", DIR),
        refused("what-is-beside-behind-a-link", "parent/secret", DIR),
        refused("the-root", "/etc/passwd", DIR),
        refused("a-device-behind-a-link", "zero/", DIR),
        refused("links-in-a-circle", "loop/", DIR),
        refused("a-name-with-an-end-in-it", "file\\00x", DIR),
        refused("a-path-that-is-deep", &deep, DIR),
        refused("a-name-that-is-long", &long, DIR),
        refused("nothing", "", DIR),
        denied("a-link-that-it-makes", "../secret",
            "(call $symlink-at (global.get $dir) (i32.const 256) (i32.const 9) (i32.const 512) (i32.const 4) (i32.const 40))
             (memory.copy (i32.const 256) (i32.const 512) (i32.const 4))
             (drop (call $open (i32.const 4) (i32.const 1) (i32.const 0) (i32.const 1)))", DIR),
        denied("a-link-to-the-root", "/etc",
            "(call $symlink-at (global.get $dir) (i32.const 256) (i32.const 4) (i32.const 512) (i32.const 4) (i32.const 32))", DIR),
        denied("a-second-name-of-what-is-outside", "../secret",
            "(call $link-at (global.get $dir) (i32.const 0) (i32.const 256) (i32.const 9) (global.get $dir) (i32.const 512) (i32.const 4) (i32.const 32))", DIR),
        denied("a-file-moved-out", "file../x",
            "(call $rename-at (global.get $dir) (i32.const 256) (i32.const 4) (global.get $dir) (i32.const 260) (i32.const 4) (i32.const 32))", DIR),
        denied("a-file-moved-over-what-is-outside", "file../secret",
            "(call $rename-at (global.get $dir) (i32.const 256) (i32.const 4) (global.get $dir) (i32.const 260) (i32.const 9) (i32.const 32))", DIR),
        denied("what-is-outside-removed", "../secret",
            "(call $unlink-at (global.get $dir) (i32.const 256) (i32.const 9) (i32.const 32))", DIR),
        denied("a-directory-outside", "../made",
            "(call $mkdir-at (global.get $dir) (i32.const 256) (i32.const 7) (i32.const 32))", DIR),
        denied("what-is-outside-looked-at", "up",
            "(call $stat-at (global.get $dir) (i32.const 1) (i32.const 256) (i32.const 2) (i32.const 32))", DIR),
        denied("a-file-made-where-it-may-read", "file",
            "(drop (call $open (i32.const 4) (i32.const 0) (i32.const 9) (i32.const 3)))", DIR_RO),
        denied("a-file-removed-where-it-may-read", "file",
            "(call $unlink-at (global.get $dir) (i32.const 256) (i32.const 4) (i32.const 32))", DIR_RO),
        denied("a-file-grown-where-it-may-read", "file",
            "(drop (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 1)))
             (call $set-size (i32.load (i32.const 36)) (i64.const 1000) (i32.const 32))", DIR_RO),
        denied("a-file-written-where-it-may-read", "file",
            "(drop (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 1)))
             (call $write (i32.load (i32.const 36)) (i32.const 0) (i32.const 10) (i64.const 0) (i32.const 32))", DIR_RO),
        denied("a-file-of-all-that-there-is", "file",
            "(drop (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 3)))
             (call $set-size (i32.load (i32.const 36)) (i64.const -1) (i32.const 32))", DIR),
        denied("a-write-beyond-all-files", "file",
            "(drop (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 3)))
             (call $write (i32.load (i32.const 36)) (i32.const 0) (i32.const 10) (i64.const -5) (i32.const 32))", DIR),
        hostile("a-file-larger-than-the-limit", does(&fields("file"),
            "(drop (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 3)))
             (call $set-size (i32.load (i32.const 36)) (i64.const 1000000000000) (i32.const 32))"),
            134, "--max-disk-write").with(DIR).with(&["--max-disk-write", "1MiB"]),
        hostile("a-read-of-all-that-there-is", does(&fields("file"),
            "(drop (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 1)))
             (call $read (i32.load (i32.const 36)) (i64.const -1) (i64.const 0) (i32.const 48))"),
            0, "").with(DIR),
        hostile("many-files-open", again(&fields("file"),
            "(drop (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 1)))
             (if (i32.load8_u (i32.const 32)) (then unreachable))"),
            134, "--max-resources").with(DIR).with(&["--max-resources", "300"]),
        hostile("many-listings", again(&fields("."),
            "(call $first)
             (call $list (global.get $dir) (i32.const 32))
             (if (i32.load8_u (i32.const 32)) (then unreachable))"),
            134, "--max-").with(DIR).with(&["--max-host-memory", "8MiB"]),
    ]
}

//! What is within all that is counted, and laborious for a validator or a compiler.

use crate::guests::{does, text};
use crate::matrix::{Hostile, hostile};
use std::fmt::Write;

/// It runs, or is refused by a limit of compiling that names itself.
fn laborious(name: &'static str, bytes: Vec<u8>) -> Hostile {
    hostile(name, bytes, 0, "")
        .or(126, "allow more with --max-co")
        .with(&[
            "--max-compile-memory",
            "300MiB",
            "--max-compile-time",
            "20s",
        ])
}

pub fn all() -> Vec<Hostile> {
    vec![
        laborious("blocks-in-blocks", does(&blocks(), "")),
        laborious("loops-in-loops", does(&loops(), "")),
        laborious("values-that-all-live", does(&living(), "")),
        laborious("a-long-function", does(&long(), "")),
        laborious("a-table-of-branches", does(&branches(), "")),
        laborious("functions-with-many-calls", does(&calls(), "")),
        laborious(
            "many-globals",
            does(&"(global i32 (i32.const 1))".repeat(50_000), ""),
        ),
        laborious("many-exports", does(&exports(), "")),
        laborious("many-types", does(&types(), "")),
        laborious(
            "many-segments",
            does(
                &format!("(table 1 funcref) {}", "(elem func)".repeat(50_000)),
                "",
            ),
        ),
        laborious("many-results", does(&results(), "")),
        laborious("a-section-of-10-mb", custom()),
        laborious("types-that-go-round", does(&round(), "")),
        hostile(
            "a-thousand-memories",
            text(&format!(
                "(core module $m {} (func $does) {})(core instance $i (instantiate $m))",
                "(memory 0)".repeat(99),
                crate::guests::EXPORTS,
            )),
            126,
            "",
        )
        .or(134, "--max-")
        .or(0, ""),
        hostile("cut-off", cut_off(), 126, ""),
        hostile("a-length-beyond-the-file", lengths(), 126, ""),
        hostile("another-version", b"\0asm\x0e\0\x01\0".to_vec(), 126, ""),
        hostile("a-count-of-4-billion", counts(), 126, ""),
    ]
}

fn blocks() -> String {
    let deep = 20_000;
    format!(
        "(func {} {})",
        "block ".repeat(deep),
        "br 0 end ".repeat(deep)
    )
}

fn loops() -> String {
    let deep = 3000;
    format!(
        "(func (param i32) {} {})",
        "loop local.get 0 br_if 0 ".repeat(deep),
        "end ".repeat(deep)
    )
}

/// Each is there to the end.
fn living() -> String {
    let mut text = String::from("(func (param i64) (result i64) ");
    for n in 0..5000 {
        let _ = write!(text, "local.get 0 i64.const {n} i64.mul ");
    }
    for _ in 0..4999 {
        text += "i64.add ";
    }
    text + ")"
}

fn long() -> String {
    format!(
        "(func (param i32) (result i32) local.get 0 {})",
        "i32.const 3 i32.mul ".repeat(100_000)
    )
}

fn branches() -> String {
    let labels = "0 1 ".repeat(30_000);
    let one = format!("(block (block (br_table {labels} (local.get 0))))");
    format!("(func (param i32) {})", one.repeat(3))
}

fn calls() -> String {
    format!(
        "(func $f (param i64 i64 i64 i64) (result i64) (local.get 0))
         (func (param i64) (result i64) local.get 0 {})",
        "local.get 0 local.get 0 local.get 0 call $f ".repeat(20_000)
    )
}

fn exports() -> String {
    let mut text = String::from("(func $e)");
    for n in 0..20_000 {
        let _ = write!(text, r#"(export "e{n}" (func $e))"#);
    }
    text
}

fn types() -> String {
    let mut text = String::new();
    for n in 0..20_000 {
        let _ = write!(text, "(type $t{n} (func (param i32) (result i64)))");
    }
    text
}

fn results() -> String {
    let many = "i64 ".repeat(900);
    let values = "(i64.const 1) ".repeat(900);
    let mut text = String::new();
    for n in 0..50 {
        let _ = write!(text, "(func $r{n} (result {many}) {values})");
        let _ = write!(text, "(func call $r{n} {})", "drop ".repeat(900));
    }
    text
}

fn round() -> String {
    let mut text = String::from("(rec ");
    for n in 0..5000 {
        let next = (n + 1) % 5000;
        let _ = write!(text, "(type $s{n} (struct (field (ref null $s{next}))))");
    }
    text + ")"
}

fn custom() -> Vec<u8> {
    let mut bytes = does("", "");
    let content = vec![b'a'; 10 << 20];
    bytes.push(0);
    let mut length = content.len() + 2;
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.extend([length as u8, 1, b'x']);
    bytes.extend(content);
    bytes
}

fn cut_off() -> Vec<u8> {
    let mut bytes = does("", "");
    bytes.truncate(bytes.len() * 2 / 3);
    bytes
}

fn lengths() -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend([1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]);
    bytes
}

/// A section of types that says that there are so many.
fn counts() -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend([7, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    bytes
}

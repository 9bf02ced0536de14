//! The fuzz targets on seeds with random faults. `scripts/fuzz.sh` runs them guided by
//! coverage; what it finds becomes a seed here.

#[path = "../../fuzz/targets/mod.rs"]
mod targets;

use crate::random::Random;
use crate::support::{dummy, root};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the target on every seed, and on so many faulty ones.
fn hold(target: fn(&[u8]), seeds: &[Vec<u8>], faulty: u64) {
    for seed in seeds {
        try_one(target, seed, "a seed");
    }
    for number in 0..faulty {
        let bytes = faults(&mut Random::new(number), seeds);
        try_one(target, &bytes, &format!("fault {number}"));
    }
}

/// What a target cannot stand is kept in a file.
fn try_one(target: fn(&[u8]), bytes: &[u8], name: &str) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(bytes))) {
        let file = format!("{}/not-stood", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&file, bytes).unwrap();
        eprintln!("{name} is not stood; it is in {file}");
        std::panic::resume_unwind(panic);
    }
}

/// A seed with one fault or several.
fn faults(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = random.pick(seeds).clone();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + 1 + random.below(16)).min(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.drain(at..end).for_each(drop),
            2 => bytes[at..end].rotate_left(usize::from(end > at)),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again).for_each(drop);
            }
            4 => {
                let other = random.pick(seeds);
                let from = random.below(other.len() + 1);
                let to = (from + 1 + random.below(64)).min(other.len());
                bytes
                    .splice(at..end, other[from..to].iter().copied())
                    .for_each(drop);
            }
            _ => bytes[at..end]
                .iter_mut()
                .for_each(|byte| *byte ^= 1 << random.below(8)),
        }
    }
    bytes
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn components() {
    let host = "package worldhost:plugin@0.1.0 { interface host {
        log: func(msg: string); compute: func(x: s32) -> result<s32, string>; } }
        package wasi:random@0.2.5 { interface random { get-random-u64: func() -> u64; } }";
    let world = |items: &str| {
        dummy(&format!(
            "package test:guest; world plugin {{ {items} }} {host}"
        ))
    };
    let mut seeds = vec![
        world("import worldhost:plugin/host@0.1.0; export process: func(input: string) -> string;"),
        world("import wasi:random/random@0.2.5; export process: func(input: string) -> string;"),
        world("export process: func(input: list<tuple<u8, option<string>>>) -> result<char>;"),
        world(
            "export it: interface { resource r { constructor(a: u8); go: func() -> flags-of; } flags flags-of { a, b } }",
        ),
    ];
    for text in [
        "(component)",
        "(component (component $a) (instance (instantiate $a)) (instance (instantiate $a)))",
        r#"(component (core module $m (memory (export "m") 1) (func (export "f")))
            (core instance $i (instantiate $m)) (func (export "f") (canon lift (core func $i "f"))))"#,
    ] {
        seeds.push(wat::parse_str(text).unwrap());
    }
    hold(targets::component::run, &seeds, 1500);
}

/// Bytes are decisions, and any will do.
#[test]
fn worlds() {
    let mut random = Random::new(0);
    let mut seed = || (0..48).map(|_| random.below(256) as u8).collect();
    let seeds: Vec<Vec<u8>> = (0..40).map(|_| seed()).collect();
    hold(targets::worlds::run, &seeds, 150);
}

#[test]
fn calls() {
    let seeds = texts(&[
        "\0echo-string(\"a\\u{1f600}\\n\")",
        "\0all(1, [some(-3), none], {a: 1.5e3, b: ok('x')}, (true, \"x\"))\u{c}$1.go($1.2)",
        "\0f({first, second}) ",
        "\0list-counter\r",
        "\0echo#f64-value(nan)\u{c}echo#f32-value(1e-45)\u{c}echo#flags-small({read})\u{c}echo#char-value('\\u{7f}')",
        "\u{1}echo#variant-value({\"named\": [\"\u{7f}\", 1]})\u{c}echo#string-value(\"\\u0000\")",
        "\0f(@-, @file)",
        "\u{1}f([1, null, {\"a\": {\"b\": [1e999, -0.0, \"\\ud800\"]}}])",
        "\u{1}f(\"x\", 18446744073709551616, [[[[[[[[[[]]]]]]]]]])",
    ]);
    hold(targets::calls::run, &seeds, 20_000);
}

#[test]
fn wit() {
    let mut seeds = texts(&[
        "package a:b@1.2.0; interface i { resource r { constructor(x: u8); s: static func(); }
         f: func(x: borrow<r>, y: list<tuple<u8, option<string>>>) -> result<r, e>;
         variant e { one, two(string) } flags l { a, b } enum k { x, y } type t = future<u8>; }
         world w { import i; use i.{r as q}; export run: async func(s: stream<u8>) -> q;
         include v; } world v { import x: interface { g: func(); } }",
        "package a:b; @since(version = 1.0.0) interface i { @deprecated(version = 1.1.0) f: func(); }
         world w { export i; }\u{c}package a:b; interface i { f: func() -> u8; } world w { export i; }",
        "package a:b; world w { import c:d/e@0.1.0; } package c:d@0.1.0 { interface e { use f.{t};
         g: func() -> t; } interface f { record t { a: string, %type: char } } }",
        "package a:b; /**/ interface i { /**///\n f: func(/**/); } world w { import i; /**/ }",
    ]);
    seeds.push(std::fs::read(root().join("wit/world.wit")).unwrap());
    hold(targets::wit::run, &seeds, 6_000);
}

#[test]
fn vendored() {
    let seeds = texts(&[
        "package a:c; world w { import a:b/i@0.1.0; }\u{c}package a:b@0.1.0; interface i { f: func(); }\u{c}\
         version = 1\n[[packages]]\nname = \"a:b\"\nregistry = \"x.org\"\n[[packages.versions]]\n\
         requirement = \"=0.1.0\"\nversion = \"0.1.0\"\ndigest = \"sha256:00\"\n\u{c}\
         [dependencies]\n\"a:b\" = \"0.1.0\"\n",
        "package a:c; world w { import a:b/i; }\u{c}package a:b; interface i {}\u{c}\u{c}\u{c}\
         [a-b]\nurl = \"https://x.org/a.tar.gz\"\nsha256 = \"00\"\nsha512 = \"00\"\n\u{c}\
         a-b = \"https://x.org/a.tar.gz\"\n",
        "package a:c; world w { include wasi:cli/imports@0.2.12; }\u{c}package wasi:cli@0.2.12; world imports {}",
    ]);
    hold(targets::vendored::run, &seeds, 1_500);
}

#[test]
fn policy() {
    let seeds = texts(&[
        "dir-ro = [\"templates::/templates\"]\nenv = [\"LANG=C\", \"TZ\"]\nallow-net = \"a.example:443\"\n",
        "max-memory = \"64MiB\"\nfuel = 1_000_000_000\ntimeout = \"5s\"\nmax-output = \"none\"\n",
        "inherit-network = true\nallow-private = false\nwasi = [\"network-error-code\"]\n\
         max-component-nesting = 0x10\n[dir]\n",
    ]);
    hold(targets::policy::run, &seeds, 10_000);
}

#[test]
fn grants() {
    let seeds = texts(&[
        "example.org:443",
        "[::1]:80",
        "127.0.0.1:*",
        "[::ffff:10.0.0.1]:1",
        "0x7f.1:80",
        "a.b.:65535",
        "xn--bcher-kva.example:8080",
    ]);
    hold(targets::grants::run, &seeds, 50_000);
}

#[cfg(unix)]
#[test]
fn cached() {
    let seeds = vec![
        vec![0; 112],
        b"WHCODE\0\x01".repeat(14),
        vec![b'a'; 65],
        Vec::new(),
    ];
    hold(targets::cached::run, &seeds, 300);
}

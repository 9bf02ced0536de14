//! Many calls on fresh instances, of which some trap and some take too long: nothing is
//! lost, and memory, descriptors and threads stay as they were.
//!
//! `WORLDHOST_SOAK=1000000 cargo test --workspace --test limits soak -- --nocapture` makes so many,
//! and prints what was seen.

use crate::support::seen::Seen;
use crate::support::{Scratch, command, plugin};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

/// Gives back its input; traps for one that begins with `t`, and computes for ever for `l`.
fn odd() -> Vec<u8> {
    plugin(
        "(local $first i32)
         (local.set $first (i32.load8_u (local.get $ptr)))
         (if (i32.eq (local.get $first) (i32.const 0x74)) (then unreachable))
         (if (i32.eq (local.get $first) (i32.const 0x6c)) (then (loop $again (br $again))))
         (i32.store (i32.const 8) (local.get $ptr))
         (i32.store (i32.const 12) (local.get $len))
         (i32.const 8)",
    )
}

/// Of a hundred inputs, five that trap and one that takes too long.
fn input(number: u64) -> String {
    match number % 100 {
        7 | 27 | 47 | 67 | 87 => format!("trap {number}"),
        99 => format!("loop {number}"),
        _ => format!("echo {number}"),
    }
}

#[test]
fn nothing_grows_and_nothing_is_lost() {
    let calls: u64 = match std::env::var("WORLDHOST_SOAK") {
        Ok(calls) => calls.parse().expect("WORLDHOST_SOAK is a number of calls"),
        Err(_) => 10_000,
    };
    let scratch = Scratch::new();
    let component = scratch.file("odd.wasm", odd());
    let mut child = command()
        .args(["process", "--fresh", "--keep-going", "--timeout", "20ms"])
        .arg(&component)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        for number in 0..calls {
            writeln!(stdin, "{}", input(number)).unwrap();
        }
        // It ends when it is told that this was all.
        stdin
    });
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let failures = std::thread::spawn(move || {
        let (mut trapped, mut late) = (0u64, 0u64);
        for line in stderr.lines() {
            let line = line.unwrap();
            trapped += u64::from(line.starts_with("error: ") && line.contains("unreachable"));
            late += u64::from(line.starts_with("error: ") && line.contains("--timeout"));
        }
        (trapped, late)
    });

    let echoes = |until: u64| {
        (0..until)
            .map(input)
            .filter(|input| input.starts_with("echo"))
    };
    let wanted = echoes(calls).count();
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = Vec::new();
    for (number, wanted_line) in echoes(calls).enumerate() {
        assert_eq!(stdout.next().unwrap().unwrap(), wanted_line);
        if number % (wanted / 20) == wanted / 20 - 1 {
            seen.push(Seen::of(child.id()));
        }
    }
    drop(writer.join().unwrap());
    assert!(stdout.next().is_none());
    let (trapped, late) = failures.join().unwrap();
    let code = child.wait().unwrap().code();
    if std::env::var_os("WORLDHOST_SOAK").is_some() {
        eprintln!("{trapped} trapped, {late} were late; in twenty parts: {seen:#?}");
    }
    assert_eq!((trapped, late), (calls / 20, calls / 100));
    // The code is that of the first that failed.
    assert_eq!(code, Some(134));

    // All threads and slots are there after a quarter.
    let (early, last) = (seen[4], seen[seen.len() - 1]);
    assert!(last.kib < early.kib + (16 << 10), "{seen:#?}");
    assert!(last.descriptors <= early.descriptors + 2, "{seen:#?}");
    assert!(last.threads <= early.threads + 2, "{seen:#?}");
}

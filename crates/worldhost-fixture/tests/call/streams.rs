//! `worldhost call`: streams and futures, given and read.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};

use crate::support::{Scratch, command, guest, one_line, worldhost};

fn call(args: &[&str], calls: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = worldhost();
    let streams = guest("streams");
    command.arg("call").args(args).arg(streams).args(calls);
    command.assert()
}

/// The command at work, to be talked to.
fn start(args: &[&str], calls: &[&str]) -> Child {
    command()
        .arg("call")
        .args(args)
        .arg(guest("streams"))
        .args(calls)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn bytes_are_given_as_text_a_list_a_file_or_stdin() {
    let scratch = Scratch::new();
    let file = scratch.file("a file.txt", "from a file");
    let path = file.to_str().unwrap();
    let expected = "HELLO\u{0}é";
    call(&[], &[r#"upper("hello\u{0}é")"#])
        .success()
        .stdout(expected)
        .stderr("");
    call(&[], &["upper([104, 105])"]).success().stdout("HI");
    call(&[], &[&format!("upper(@\"{path}\")")])
        .success()
        .stdout("FROM A FILE");
    call(&["--json"], &[r#"upper("hello")"#])
        .success()
        .stdout("HELLO");
    call(&["--json"], &["upper([104, 105])"])
        .success()
        .stdout("HI");
    let json = serde_json::json!({ "file": path });
    call(&["--json"], &[&format!("upper({json})")])
        .success()
        .stdout("FROM A FILE");
    for (args, text) in [
        (&[][..], "upper(@-)"),
        (&["--json"], r#"upper({"file": "-"})"#),
    ] {
        worldhost()
            .arg("call")
            .args(args)
            .arg(guest("streams"))
            .arg(text)
            .write_stdin(b"a\xffb".to_vec())
            .assert()
            .success()
            .stdout(predicates::ord::eq(&b"A\xffB"[..]));
    }
}

#[test]
fn items_of_any_type_are_given_and_read() {
    call(
        &[],
        &[
            "sum([1, -2, 30])",
            "sum([])",
            r#"items#joined(["a", "", "é"], "-")"#,
            "same([{number: 1, text: \"x\"}, {text: \"y\", number: 2}])",
            "same-event([started, line({number: 7, text: \"\"}), failed(\"no\")])",
            "events([{number: 1, text: \"x\"}, {number: 2, text: \"\"}])",
            "ticks(2)",
            "ticked(3)",
        ],
    )
    .success()
    .stdout(
        "29\n0\n\"a--é\"\n{number: 1, text: \"x\"}\n{number: 2, text: \"y\"}\n\
         started\nline({number: 7, text: \"\"})\nfailed(\"no\")\n\
         started\nline({number: 1, text: \"x\"})\nfailed(\"line 2 is empty\")\n\
         ready\nready\n3\n",
    );
    call(
        &["--json"],
        &[
            "sum([1, -2, 30])",
            r#"same([{"number": 1, "text": "x"}])"#,
            r#"same-event(["started", {"failed": "no"}])"#,
            "ticks(1)",
            "ticked(2)",
        ],
    )
    .success()
    .stdout("29\n{\"number\":1,\"text\":\"x\"}\n\"started\"\n{\"failed\":\"no\"}\nnull\n2\n");
}

#[test]
fn a_line_of_a_file_is_an_item() {
    let scratch = Scratch::new();
    let lines = "{number: 1, text: \"x\"}\n\n  {number: 2, text: \"y\"}";
    let file = scratch.file("lines", lines);
    let from_file = format!("same(@{})", file.display());
    call(&[], &[&from_file])
        .success()
        .stdout("{number: 1, text: \"x\"}\n{number: 2, text: \"y\"}\n");
    // What comes out goes in again.
    let json = "{\"number\":1,\"text\":\"x\"}\n{\"number\":2,\"text\":\"y\"}\n";
    worldhost()
        .args(["call", "--json"])
        .arg(guest("streams"))
        .arg(r#"same({"file": "-"})"#)
        .write_stdin(json)
        .assert()
        .success()
        .stdout(json);
    let numbers: String = (1..=20_000).map(|n| format!("{n}\n")).collect();
    worldhost()
        .arg("call")
        .arg(guest("streams"))
        .arg("sum(@-)")
        .write_stdin(numbers)
        .assert()
        .success()
        .stdout("200010000\n");
}

#[test]
fn streams_and_futures_in_a_value_have_names() {
    call(&[], &["lines(\"a\\nb\\n\")"]).success().stdout(
        "($1.1, $1.2)\n$1.1: {number: 1, text: \"a\"}\n$1.1: {number: 2, text: \"b\"}\n\
             $1.2: 2\n",
    );
    call(&["--json"], &[r#"lines("a\n")"#]).success().stdout(
        "[{\"stream\":\"$1.1\"},{\"future\":\"$1.2\"}]\n\
         {\"$1.1\":{\"number\":1,\"text\":\"a\"}}\n{\"$1.2\":1}\n",
    );
    let files = call(&[], &["files()"]).success();
    let files = String::from_utf8(files.get_output().stdout.clone()).unwrap();
    let (value, parts) = files.split_once('\n').unwrap();
    assert_eq!(
        value,
        "[{name: \"a\", body: $1.1}, {name: \"b\", body: $1.2}]"
    );
    let mut parts: Vec<&str> = parts.lines().collect();
    parts.sort_unstable();
    assert_eq!(parts, ["$1.1: \"first\"", "$1.2: \"second\""]);
    let given = r#"bytes#joined([{name: "a", body: "1"}, {name: "b", body: [50]}])"#;
    call(&[], &[given]).success().stdout("\"a=1;b=2\"\n");
    call(&[], &["either(true)", "either(false)"])
        .success()
        .stdout("ok($1)\n$1: 7\nerr($2)\n$2: \"no!\"\n");
    call(
        &[],
        &["nested([\"ab\", \"c\"])", "flattened([\"ab\", [99]])"],
    )
    .success()
    .stdout("$1.2\n$1.2: \"ab\"\n$1.3\n$1.3: \"c\"\n\"ab|c\"\n");
    call(&[], &["counters(2)", "$1.3.next()", "$1.2.next()"])
        .success()
        .stdout("$1.2\n$1.3\n11\n1\n");
}

#[test]
fn bytes_in_a_value_are_text_where_they_are_that() {
    let pieces = call(&[], &["pieces()"]).success();
    let pieces = String::from_utf8(pieces.get_output().stdout.clone()).unwrap();
    let mut lines = pieces.lines();
    assert_eq!(lines.next(), Some("($1)"));
    let mut all = Vec::new();
    for line in lines {
        let piece = line.strip_prefix("$1: ").unwrap();
        match serde_json::from_str(piece).unwrap() {
            serde_json::Value::String(text) => {
                assert!(!text.contains('\u{fffd}'), "{text}");
                all.extend(text.into_bytes());
            }
            list => all.extend(serde_json::from_value::<Vec<u8>>(list).unwrap()),
        }
    }
    assert_eq!(
        all,
        ["aé€😀".as_bytes(), &[0xff, 0xfe, 0xf0, 0x9f]].concat()
    );
}

#[test]
fn a_future_is_given_as_its_value() {
    call(
        &[],
        &[
            "later(\"a\")",
            "waited(\"b\")",
            "done()",
            "waited-done(ready)",
        ],
    )
    .success()
    .stdout("\"a!\"\n\"b\"\nready\ntrue\n");
    call(
        &["--json"],
        &["waited(\"b\")", "waited-done(null)", "done()"],
    )
    .success()
    .stdout("\"b\"\ntrue\nnull\n");
}

#[test]
fn a_stream_goes_from_call_to_call() {
    call(&[], &["zeros(5)", "bytes#count($1)"])
        .success()
        .stdout("5\n");
    call(&[], &["upper(\"ab\")", "upper($1)", "first(1, $2)"])
        .success()
        .stdout("[65]\n");
    call(
        &["--json"],
        &["zeros(5)", r#"bytes#count({"stream": "$1"})"#],
    )
    .success()
    .stdout("5\n");
    let failed = call(&[], &["zeros(5)", "bytes#count($1)", "bytes#count($1)"]).code(2);
    let line = one_line(&failed.get_output().stderr);
    assert!(line.contains("$1 was given away in call 2"), "{line}");
    let failed = call(&[], &["zeros(5)", "sum($1)"]).code(2);
    let line = one_line(&failed.get_output().stderr);
    assert!(line.contains("$1 is stream<u8>, not stream<s32>"), "{line}");
}

#[test]
fn what_comes_is_printed_as_it_comes() {
    let mut child = start(&[], &["lines(@-)"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || stdout.next().map(Result::unwrap);
    assert_eq!(next().as_deref(), Some("($1.1, $1.2)"));
    for number in 1..=3 {
        writeln!(stdin, "line").unwrap();
        // The next is not written before this one has come.
        let line = format!("$1.1: {{number: {number}, text: \"line\"}}");
        assert_eq!(next(), Some(line));
    }
    drop(stdin);
    assert_eq!(next().as_deref(), Some("$1.2: 3"));
    assert_eq!(next(), None);
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_is_not_wanted_is_not_read() {
    // The writer of stdin never ends.
    let mut child = start(&[], &["first(3, @-)", "sum([1])"]);
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"abcdef").unwrap();
    let mut printed = String::new();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_to_string(&mut printed).unwrap();
    assert_eq!(printed, "[97, 98, 99]\n1\n");
    assert!(child.wait().unwrap().success());
    drop(stdin);
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let mut child = start(&[], &["endless()"]);
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "0\n");
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn limits_hold_while_streams_are_read() {
    let failed = call(&["--timeout", "300ms"], &["endless()"]).code(124);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.contains("#endless did not finish within 300ms"),
        "{line}"
    );
    // Nobody writes to stdin, nor ends it.
    let child = start(&["--timeout", "300ms"], &["upper(@-)"]);
    let mut child = child;
    let stdin = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(124));
    drop(stdin);
    call(&["--fuel", "3000000"], &["endless()"])
        .code(134)
        .stderr(contains("units of fuel are used up"));
}

#[test]
fn what_goes_wrong_on_the_way_is_told() {
    call(&[], &["trap-after(3)"])
        .code(134)
        .stdout(contains("\"line 0\"\n"))
        .stderr(contains("#trap-after trapped: wasm `unreachable`"));
    call(&[], &["stuck()"])
        .code(134)
        .stdout("\"one\"\n")
        .stderr(contains("deadlock detected"));
    // Two streams, each of which the other waits for.
    let turns = call(&[], &["in-turn(50)"]).success();
    let turns = String::from_utf8_lossy(&turns.get_output().stdout).into_owned();
    assert_eq!(turns.matches("\n$1.2: ").count(), 50, "{turns}");
}

#[test]
fn what_a_stream_cannot_be_given_is_told() {
    let scratch = Scratch::new();
    let lines = scratch.file("lines", "1\n2.5\n");
    let bad = format!("sum(@{})", lines.display());
    let failed = call(&[], &[&bad]).code(2);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.contains("lines, line 2: 2.5 is not an integer"),
        "{line}"
    );
    for (text, words) in [
        ("upper(@missing)", "cannot read @missing: No such file"),
        ("upper(@)", "after @ is the name of a file, or - for stdin"),
        ("upper(@.)", "cannot read @.: Is a directory"),
        ("zeros(@-)", "only a stream is given what is in a file"),
        ("ticked(@-)", "the number of its items"),
        ("upper(1)", "a stream of bytes is a string, a list or @FILE"),
        ("upper([256])", "256 is not in its range, 0 to 255"),
        ("sum(\"a\")", "a stream is a list or @FILE"),
        ("waited(1)", "a number is not string"),
        ("waited-done(1)", "a future of nothing is ready"),
        ("upper(@<text: stream<u8>>)", "this stands for a value"),
    ] {
        let failed = call(&[], &[text]).code(2);
        let line = one_line(&failed.get_output().stderr);
        assert!(line.contains(words), "{text}: {line}");
        failed.stdout("");
    }
    call(&[], &["upper(@-)", "upper(@-)"])
        .code(2)
        .stderr(contains("stdin can be read once"));
    worldhost()
        .arg("call")
        .arg(guest("streams"))
        .arg("-")
        .write_stdin("upper(@-)")
        .assert()
        .code(2)
        .stderr(contains("stdin can be read once").and(contains("panic").not()));
}

#[test]
fn streams_are_in_the_list() {
    let listed = call(&["--list"], &[]).success();
    let listed = String::from_utf8_lossy(&listed.get_output().stdout).into_owned();
    for line in [
        "'upper(@<text: stream<u8>>)'  # -> stream<u8>",
        "'sum([<s32>])'  # -> s64",
        "'same([{number: <u32>, text: \"<string>\"}])'  # -> stream<record { number: u32, text: string }>",
        "'waited(\"<text: string>\")'  # -> string",
        "'waited-done(ready)'  # -> bool",
        "'ticks(<count: u32>)'  # -> stream",
    ] {
        assert!(
            listed.lines().any(|listed| listed == line),
            "{line}\n{listed}"
        );
    }
    assert!(!listed.contains("has a "), "{listed}");
}

/// The most memory that it had, in KiB.
#[cfg(target_os = "linux")]
fn peak(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let peak = line.and_then(|line| line.split_whitespace().nth(1));
    peak.unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_flat_however_much_comes() {
    const EACH: usize = 100_000_000;
    let mut child = start(&[], &["upper(@-)"]);
    let mut stdin = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || {
        let piece = vec![b'a'; 1 << 16];
        let mut left = EACH;
        while left > 0 {
            let len = left.min(piece.len());
            stdin.write_all(&piece[..len]).unwrap();
            left -= len;
        }
        // It stays open, so that there is a process to look at.
        stdin
    });
    let mut stdout = child.stdout.take().unwrap();
    let mut read = 0;
    let mut piece = vec![0; 1 << 16];
    let mut early = 0;
    while read < EACH {
        let len = stdout.read(&mut piece).unwrap();
        assert_ne!(len, 0);
        assert!(piece[..len].iter().all(|byte| *byte == b'A'));
        read += len;
        if early == 0 && read > EACH / 50 {
            early = peak(&child);
        }
    }
    let late = peak(&child);
    assert!(
        late < early + 16_000,
        "{early} KiB at first, {late} KiB at last"
    );
    drop(writing.join().unwrap());
    assert!(child.wait().unwrap().success());
}

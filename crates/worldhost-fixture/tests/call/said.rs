//! `worldhost call`: what it says, of names, arguments, traps and limits.

use crate::support::need::on_demand;
use crate::support::{guest, one_line, plugin, worldhost};
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use std::path::Path;

fn call(args: &[&str], component: &Path, calls: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = worldhost();
    command.arg("call").args(args).arg(component).args(calls);
    command.assert()
}

/// The error's line, and the text with the marks under it.
#[track_caller]
fn refused(args: &[&str], calls: &[&str]) -> (String, String) {
    let failed = call(args, &guest("all-types-self"), calls).code(2);
    let stderr = &failed.get_output().stderr;
    let text = String::from_utf8_lossy(stderr).into_owned();
    let shown: Vec<&str> = text.lines().skip(1).collect();
    (one_line(stderr), shown.join("\n"))
}

#[test]
fn a_wrong_argument_is_pointed_at() {
    for (call, message, marks) in [
        (
            "echo#u8-value(256)",
            "parameter `v` (u8): 256 is not in its range",
            "  echo#u8-value(256)\n                ^^^",
        ),
        (
            "echo#record-value({x: 1, y: \"2\"})",
            "parameter `v` (record { x: s32, y: s32 }): a string is not s32",
            "  echo#record-value({x: 1, y: \"2\"})\n                              ^^^",
        ),
        (
            "echo#record-value({x: 1})",
            "field `y` is missing",
            "  echo#record-value({x: 1})\n                    ^^^^^^",
        ),
        (
            "echo#enum-value(gren)",
            "`gren` is not one of red, green, blue",
            "  echo#enum-value(gren)\n                  ^^^^",
        ),
        (
            "echo#string-value(hello)",
            "a word is not string; strings are in double quotes",
            "  echo#string-value(hello)\n                    ^^^^^",
        ),
        (
            "echo#tuple-value((1, \"a\"))",
            "wants 3 values, not 2",
            "  echo#tuple-value((1, \"a\"))\n                   ^^^^^^^^",
        ),
        (
            "echo#bool-value(<v: bool>)",
            "this stands for a value: put one in its place",
            "  echo#bool-value(<v: bool>)\n                  ^^^^^^^^^",
        ),
        (
            "echo#bool-value()",
            "bool-value takes (v: bool), and 0 are given",
            "  echo#bool-value()\n                  ^",
        ),
        (
            "echo#bool-value",
            "the arguments are not in parentheses: bool-value(<v: bool>)",
            "  echo#bool-value\n                 ^",
        ),
        (
            "echo#list-u8([1 2])",
            "`2` is not expected here",
            "  echo#list-u8([1 2])\n                  ^",
        ),
        (
            "echo#list-u8([1, (2)",
            "the text ends too early",
            "  echo#list-u8([1, (2)\n                      ^",
        ),
        ("", "a call is EXPORT(ARGS)", "  \n  ^"),
        (
            "counter.value(7)",
            "a resource is given by its handle, such as $1",
            "  counter.value(7)\n                ^",
        ),
    ] {
        let (line, shown) = refused(&[], &[call]);
        assert!(line.contains(message), "{call}: {line}");
        assert_eq!(shown, marks, "{call}");
    }
}

#[test]
fn a_wrong_argument_in_json_is_named_by_its_place() {
    for (call, message) in [
        (
            r#"echo#list-record([{"x": 1, "y": 2}, {"x": 1.5, "y": 2}])"#,
            "parameter `v` (list<record { x: s32, y: s32 }>): [1].x: 1.5 is not an integer",
        ),
        (
            r#"echo#u64-value(18446744073709551616)"#,
            "is not in its range, 0 to 18446744073709551615",
        ),
        (r#"echo#option-option(3)"#, r#"3 is not {"some": value}"#),
        (
            r#"echo#flags-small(["reed"])"#,
            "`reed` is not one of read, write, exec; did you mean read?",
        ),
        (r#"echo#bool-value(tru)"#, "the arguments are no JSON"),
    ] {
        let (line, _) = refused(&["--json"], &[call]);
        assert!(line.contains(message), "{call}: {line}");
    }
    // Digits in a string are read, for those whose numbers end at 2^53.
    call(
        &["--json"],
        &guest("all-types-self"),
        &[r#"echo#u64-value("18446744073709551615")"#],
    )
    .success()
    .stdout("18446744073709551615\n");
}

#[test]
fn a_wrong_name_gets_the_nearest_ones() {
    for (call, message) in [
        (
            "borrow-conter(1)",
            "exports no function `borrow-conter`; did you mean \
             test:all-types/round-trip@1.0.0#borrow-counter",
        ),
        (
            "bool-value(true)",
            "`bool-value` is in several interfaces; did you mean \
             test:all-types/echo@1.0.0#bool-value or test:all-types/round-trip@1.0.0#bool-value?",
        ),
        ("$1.value()", "$1: there is no call before this one"),
    ] {
        let (line, _) = refused(&[], &[call]);
        assert!(line.contains(message), "{call}: {line}");
    }
    let (line, _) = refused(&[], &["counter.new(1)", "$1.ad(2)"]);
    assert!(
        line.contains("counter has no method `ad`") && line.contains("#counter.add"),
        "{line}"
    );
    let (line, _) = refused(&[], &["counter.alive()", "$1.value()"]);
    assert!(line.contains("$1 is u32, which has no methods"), "{line}");
    let (line, _) = refused(&[], &["counter.new(1)", "echo#bool-value($1)"]);
    assert!(line.contains("$1 is counter, not bool"), "{line}");
}

#[test]
fn nothing_runs_before_every_call_is_read() {
    let failed = call(
        &[],
        &guest("plugin-rust"),
        &[r#"process("x")"#, "process(1)"],
    )
    .code(2);
    failed.stdout("").stderr(contains("processing").not());
}

#[test]
fn a_handle_that_was_given_away_is_gone() {
    let calls = ["counter.new(5)", "own-counter($1)", "$1.value()"];
    let (line, shown) = refused(&[], &calls);
    assert!(line.contains("$1 was given away in call 2"), "{line}");
    assert_eq!(shown, "  $1.value()\n  ^^");
    let calls = [
        "counter.new(5)",
        "round-trip#list-counter([$1])",
        "$2.1.value()",
        "$2.2.value()",
    ];
    let (line, _) = refused(&[], &calls);
    assert!(line.contains("$2.2: there is no such handle"), "{line}");
}

#[test]
fn a_trap_ends_the_session_and_says_what_was_called() {
    let calls = [r#"process("a")"#, r#"process("panic")"#, r#"process("b")"#];
    let failed = call(&[], &guest("plugin-rust"), &calls).code(134);
    let output = failed.get_output();
    assert_eq!(output.stdout, b"\"A\"\n");
    let line = one_line(&output.stderr);
    assert!(
        line.contains("process trapped: wasm `unreachable` instruction executed"),
        "{line}"
    );
    assert!(line.ends_with("-v shows the guest's frames"), "{line}");
    // The guest's own words came through already, and only once.
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr.matches("asked to panic").count(), 1, "{stderr}");
    assert!(!stderr.contains("  0: "), "{stderr}");
}

#[test]
fn frames_of_the_guest_are_shown_demangled_when_asked_for() {
    let core = r#"
        (func $_ZN5guest6deeply17h0123456789abcdefE unreachable)"#;
    let body = "call $_ZN5guest6deeply17h0123456789abcdefE unreachable";
    let bytes = crate::support::plugin_with(core, body);
    let scratch = crate::support::Scratch::new();
    let path = scratch.file("deep.wasm", bytes);
    call(&["-v"], &path, &[r#"process("x")"#])
        .code(134)
        .stderr(contains("guest::deeply"))
        .stderr(contains("_ZN5guest").not());
}

#[test]
fn a_limit_that_was_hit_is_named_with_its_option() {
    let scratch = crate::support::Scratch::new();
    let grow = "(if (i32.eq (memory.grow (i32.const 2000)) (i32.const -1)) (then unreachable))
                unreachable";
    let grow = scratch.file("grow.wasm", plugin(grow));
    let failed = call(&["--max-memory", "1MiB"], &grow, &[r#"process("x")"#]).code(134);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.contains("the memory limit of 1048576 bytes was reached"),
        "{line}"
    );
    assert!(line.ends_with("raise it with --max-memory"), "{line}");

    let tables = "(if (i32.eq (table.grow $t (ref.null func) (i32.const 20)) (i32.const -1))
                  (then unreachable)) unreachable";
    let tables = crate::support::plugin_with("(table $t 1 funcref)", tables);
    let tables = scratch.file("tables.wasm", tables);
    let failed = call(
        &["--max-table-elements", "10"],
        &tables,
        &[r#"process("x")"#],
    )
    .code(134);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.ends_with("raise it with --max-table-elements"),
        "{line}"
    );

    let (rust, input) = (guest("plugin-rust"), [r#"process("stdout:x")"#]);
    let failed = call(&["--max-instances", "1"], &rust, &input).code(134);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.contains("the limit of 1 core instances, memories or tables was reached"),
        "{line}"
    );
    assert!(line.ends_with("raise it with --max-instances"), "{line}");
    let failed = call(&["--max-resources", "0"], &rust, &input).code(134);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.contains("the limit of 0 resources was reached"),
        "{line}"
    );
    assert!(line.ends_with("raise it with --max-resources"), "{line}");

    let spin = scratch.file("spin.wasm", plugin("(loop (br 0)) unreachable"));
    let failed = call(&["--fuel", "1000"], &spin, &[r#"process("x")"#]).code(134);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.contains("the 1000 units of fuel are used up"),
        "{line}"
    );
    assert!(line.ends_with("raise it with --fuel"), "{line}");
    let failed = call(&["--timeout", "50ms"], &spin, &[r#"process("x")"#]).code(124);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.contains("process did not finish within 50ms"),
        "{line}"
    );
}

#[test]
fn the_list_is_ready_to_paste() {
    call(&["--list"], &guest("plugin-rust"), &[])
        .success()
        .stdout("'process(\"<input: string>\")'  # -> string\n");
    let listed = call(&["--list"], &guest("all-types-self"), &[]).success();
    let listed = String::from_utf8(listed.get_output().stdout.clone()).unwrap();
    for line in [
        "# test:all-types/round-trip@1.0.0",
        "'counter.new(<start: u64>)'  # -> counter",
        "'counter.add(<counter $N>, <n: u64>)'  # -> u64",
        "'round-trip#record-value({x: <s32>, y: <s32>})'  # -> record { x: s32, y: s32 }",
        "'echo#enum-value(<red | green | blue>)'  # -> enum { red, green, blue }",
        "'echo#list-string([\"<string>\"])'  # -> list<string>",
        "'echo#nothing()'",
    ] {
        assert!(
            listed.lines().any(|listed| listed == line),
            "{line}\n{listed}"
        );
    }
    // Each line names its function clearly: filled in or not, it is found.
    for line in listed.lines().filter(|line| line.starts_with('\'')) {
        let pasted = line.split('\'').nth(1).unwrap();
        let failed = call(&[], &guest("all-types-self"), &[pasted]);
        let stderr = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        assert!(
            !stderr.contains("no function") && !stderr.contains("several"),
            "{line}: {stderr}"
        );
    }
}

#[test]
fn async_exports_are_called_as_well() {
    call(&[], &guest("command-p3"), &["run()"])
        .success()
        .stdout("ok\n");
}

#[test]
fn the_list_is_there_without_linking() {
    call(&["--list"], &guest("all-types"), &[])
        .success()
        .stdout(contains("'many(<a: u8>"));
}

mod needs_go {
    use super::*;

    #[test]
    #[ignore = "needs command-go: run scripts/build-guests.sh go"]
    fn a_guest_may_end_itself_in_the_last_call() {
        let component = on_demand("command-go");
        // Go ends with `wasi:cli/exit`; and it reads its own name.
        let ended = call(&[], &component, &["run()"]).success();
        ended.stdout("").stderr(contains("panic").not());
        let failed = call(&[], &component, &["run()", "run()"]).code(134);
        let line = one_line(&failed.get_output().stderr);
        assert!(
            line.contains("call 1 of 2: the component exited with code 0"),
            "{line}"
        );
    }
}

#[test]
fn grants_hold_for_calls() {
    call(
        &["--env", "N=7"],
        &guest("plugin-rust"),
        &[r#"process("env:N")"#],
    )
    .success()
    .stdout("\"7\"\n");
}

/// A plugin of another toolchain.
#[track_caller]
fn is_called(name: &str) {
    let calls = [r#"process("21")"#, r#"process("hello")"#];
    call(&[], &on_demand(name), &calls)
        .success()
        .stdout("\"42\"\n\"HELLO\"\n");
}

mod needs_python {
    #[test]
    #[ignore = "needs plugin-python: run scripts/build-guests.sh python"]
    fn exports_of_python_are_called() {
        super::is_called("plugin-python");
    }
}

mod needs_javascript {
    #[test]
    #[ignore = "needs plugin-javascript: run scripts/build-guests.sh javascript"]
    fn exports_of_javascript_are_called() {
        super::is_called("plugin-javascript");
    }
}

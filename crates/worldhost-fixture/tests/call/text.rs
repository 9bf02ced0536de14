//! `worldhost call`: what is written in WAVE and JSON by people who know other
//! languages, and what is said of it.

use crate::support::{Scratch, one_line, worldhost};
use std::path::{Path, PathBuf};

fn call(args: &[&str], component: &Path, calls: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = worldhost();
    command.arg("call").args(args).arg(component).args(calls);
    command.assert()
}

/// That each call is refused with the words, and with marks under the part of it.
#[track_caller]
fn refused(args: &[&str], component: &Path, calls: &[(&str, &str, &str)]) {
    for (text, words, marked) in calls {
        let failed = call(args, component, &[text]).code(2);
        let stderr = &failed.get_output().stderr;
        let line = one_line(stderr);
        assert!(line.contains(words), "{text}: {line}");
        let shown = String::from_utf8_lossy(stderr).into_owned();
        let marks: Vec<&str> = shown.lines().skip(1).collect();
        let [line, marks] = marks[..] else {
            panic!("{text}: {shown}");
        };
        let start = marks.chars().take_while(|c| *c == ' ').count();
        let len = marks.chars().count() - start;
        let place: String = line.chars().skip(start).take(len).collect();
        assert_eq!(place, *marked, "{text}: {shown}");
    }
}

/// Functions that give back what they get, where WAVE's keywords are labels.
fn keywords(scratch: &Scratch) -> PathBuf {
    let component = r#"(component
        (core module $m
            (memory (export "memory") 1)
            (func (export "flat") (param i32) (result i32) local.get 0)
            (func (export "record") (param i32 i32 i32) (result i32)
                (i32.store (i32.const 0) (local.get 0))
                (i32.store (i32.const 4) (local.get 1))
                (i32.store (i32.const 8) (local.get 2))
                i32.const 0)
            (func (export "pair") (param i32 i32) (result i32)
                (i32.store8 (i32.const 0) (local.get 0))
                (i32.store (i32.const 4) (local.get 1))
                i32.const 0)
            (func (export "option") (param i32 i32 i32) (result i32)
                (i32.store8 (i32.const 0) (local.get 0))
                (i32.store8 (i32.const 4) (local.get 1))
                (i32.store (i32.const 8) (local.get 2))
                i32.const 0)
            (func (export "options") (param i32 i32 i32 i32) (result i32)
                (i32.store8 (i32.const 0) (local.get 0))
                (i32.store (i32.const 4) (local.get 1))
                (i32.store8 (i32.const 8) (local.get 2))
                (i32.store (i32.const 12) (local.get 3))
                i32.const 0))
        (core instance $i (instantiate $m))
        (alias core export $i "memory" (core memory $memory))
        (type $f' (flags "none" "some" "ok" "err" "true" "false" "nan" "inf" "other"))
        (import "f" (type $f (eq $f')))
        (type $e' (enum "none" "some" "ok" "err" "true" "false" "nan" "inf" "other"))
        (import "e" (type $e (eq $e')))
        (type $r' (record (field "none" u32) (field "true" u32) (field "inf" u32)))
        (import "r" (type $r (eq $r')))
        (type $v' (variant (case "ok" u32) (case "none") (case "some" u32) (case "err")
            (case "true" u32) (case "false") (case "nan" u32) (case "inf")))
        (import "v" (type $v (eq $v')))
        (type $o' (record (field "a" (option u32)) (field "b" (option u32))))
        (import "o" (type $o (eq $o')))
        (func (export "flags") (param "v" $f) (result $f)
            (canon lift (core func $i "flat")))
        (func (export "enum") (param "v" $e) (result $e)
            (canon lift (core func $i "flat")))
        (func (export "record") (param "v" $r) (result $r)
            (canon lift (core func $i "record") (memory $memory)))
        (func (export "variant") (param "v" $v) (result $v)
            (canon lift (core func $i "pair") (memory $memory)))
        (func (export "option") (param "v" (option $v)) (result (option $v))
            (canon lift (core func $i "option") (memory $memory)))
        (func (export "options") (param "v" $o) (result $o)
            (canon lift (core func $i "options") (memory $memory))))"#;
    scratch.file("keywords.wasm", wat::parse_str(component).unwrap())
}

#[test]
fn labels_may_be_spelt_like_keywords() {
    let scratch = Scratch::new();
    let component = keywords(&scratch);
    let mut calls = Vec::new();
    let mut expected = String::new();
    let mut same = |call: String, result: &str| {
        calls.push(call);
        expected += &format!("{result}\n");
    };
    for word in ["none", "some", "ok", "err", "true", "false", "nan", "inf"] {
        same(format!("enum({word})"), &format!("%{word}"));
        same(format!("enum(%{word})"), &format!("%{word}"));
        same(
            format!("flags({{{word}, %other}})"),
            &format!("{{{word}, other}}"),
        );
    }
    for word in ["none", "err", "false", "inf"] {
        same(format!("variant({word})"), &format!("%{word}"));
        same(format!("variant(%{word})"), &format!("%{word}"));
        same(format!("option(some({word}))"), &format!("some(%{word})"));
        same(format!("option(%{word})"), &format!("some(%{word})"));
    }
    for word in ["ok", "some", "true", "nan"] {
        same(format!("variant({word}(7))"), &format!("%{word}(7)"));
        same(format!("variant(%{word}(7))"), &format!("%{word}(7)"));
        same(
            format!("option(some({word}(7)))"),
            &format!("some(%{word}(7))"),
        );
    }
    same("option(none)".into(), "none");
    same(
        "record({none: 1, %true: 2, inf: 3})".into(),
        "{none: 1, true: 2, inf: 3}",
    );
    same("options({})".into(), "{a: none, b: none}");
    same("options({b: 1})".into(), "{a: none, b: some(1)}");
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    call(&[], &component, &calls).success().stdout(expected);
}

#[test]
fn what_the_list_offers_is_taken() {
    let scratch = Scratch::new();
    let component = keywords(&scratch);
    let listed = call(&["--list"], &component, &[]).success();
    let listed = String::from_utf8(listed.get_output().stdout.clone()).unwrap();
    let mut calls = Vec::new();
    for line in listed.lines() {
        let template = line.split('\'').nth(1).unwrap();
        let filled = template.replace("<u32>", "7").replace("<v: u32>", "7");
        // Each case of a choice once.
        match filled.split_once('<') {
            None => calls.push(filled),
            Some((before, rest)) => {
                let (cases, after) = rest.rsplit_once('>').unwrap();
                calls.extend(
                    cases
                        .split(" | ")
                        .map(|case| format!("{before}{case}{after}")),
                );
            }
        }
    }
    assert_eq!(calls.len(), 1 + 9 + 1 + 8 + 8 + 1, "{listed}");
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    call(&[], &component, &calls).success();
}

#[test]
fn a_case_that_is_not_there_is_named() {
    let scratch = Scratch::new();
    refused(
        &[],
        &keywords(&scratch),
        &[
            ("enum(othr)", "inf, other; did you mean other?", "othr"),
            ("enum(ok(1))", "a result is not enum {", "ok(1)"),
            ("variant(none(1))", "`none` has no value", "none(1)"),
            ("variant(some)", "`some` needs a value: some(u32)", "some"),
            ("variant(1)", "a number is not variant {", "1"),
            ("flags(none)", "flags are in braces", "none"),
            ("flags({:})", "no flags are {}", "{:}"),
            ("record({})", "field `none` is missing", "{}"),
            (
                "record({non: 1})",
                "`non` is not one of none, true, inf; did you mean none?",
                "1",
            ),
            ("options({a: null})", "a word is not u32", "null"),
        ],
    );
}

/// Functions that give back a number, and that take a text or a character.
fn scalars(scratch: &Scratch) -> PathBuf {
    let component = r#"(component
        (core module $m
            (memory (export "memory") 1)
            (func (export "i32") (param i32) (result i32) local.get 0)
            (func (export "i64") (param i64) (result i64) local.get 0)
            (func (export "f32") (param f32) (result f32) local.get 0)
            (func (export "f64") (param f64) (result f64) local.get 0)
            (func (export "len") (param i32 i32) (result i32) local.get 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 64))
        (core instance $i (instantiate $m))
        (func (export "s8") (param "v" s8) (result s8) (canon lift (core func $i "i32")))
        (func (export "u64") (param "v" u64) (result u64) (canon lift (core func $i "i64")))
        (func (export "f32") (param "v" f32) (result f32) (canon lift (core func $i "f32")))
        (func (export "f64") (param "v" f64) (result f64) (canon lift (core func $i "f64")))
        (func (export "bool") (param "v" bool) (result bool) (canon lift (core func $i "i32")))
        (func (export "char") (param "v" char) (result char) (canon lift (core func $i "i32")))
        (func (export "len") (param "v" string) (result u32)
            (canon lift (core func $i "len")
                (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"#;
    scratch.file("scalars.wasm", wat::parse_str(component).unwrap())
}

#[test]
fn literals_of_other_languages_are_told_what_to_be() {
    let scratch = Scratch::new();
    refused(
        &[],
        &scalars(&scratch),
        &[
            (
                r#"len("a\u0041")"#,
                r"\u0041 is JSON's: write \u{41}",
                r"\u0041",
            ),
            (
                r#"len("\ud83d\ude00")"#,
                r"write \u{1f600}",
                r"\ud83d\ude00",
            ),
            (r#"len("\ud83d")"#, r"\ud83d is a surrogate", r"\ud83d"),
            (r#"len("a\/b")"#, "write /", r"\/"),
            (r#"len("a\b\f")"#, r"write \u{8}", r"\b"),
            (r#"len("\a")"#, r"\a is no escape here: those are", r"\a"),
            (
                "len('hello')",
                "a string is in double quotes: \"hello\"",
                "'hello'",
            ),
            ("len('h')", "strings are in double quotes", "'h'"),
            ("len(hello)", "strings are in double quotes", "hello"),
            ("len(hello world)", "strings are in double quotes", "world"),
            ("len(“hello”)", "“ is no quote here", "“"),
            (
                "len(\"abc)",
                "the string that begins here does not end",
                "\"abc)",
            ),
            (r"char('\u{D800}')", "is a surrogate", r"\u{D800}"),
            (
                r"char('\u{110000}')",
                r"the last one is \u{10ffff}",
                r"\u{110000}",
            ),
            ("char('ab')", "a char is one character, not 2", "'ab'"),
            ("char('')", "no character", "''"),
            ("char(\"a\")", "a char is in single quotes", "\"a\""),
            ("s8(1.0)", "1.0 is not an integer: write 1", "1.0"),
            ("s8(128)", "128 is not in its range, -128 to 127", "128"),
            ("s8(0x10)", "write 16", "0x10"),
            ("s8(nan)", "nan is not an integer", "nan"),
            (
                "u64(-1)",
                "-1 is not in its range, 0 to 18446744073709551615",
                "-1",
            ),
            (
                "u64(18446744073709551616)",
                "is not in its range",
                "18446744073709551616",
            ),
            ("u64(1_000)", "write 1000", "1_000"),
            ("f32(1e40)", "infinity is inf", "1e40"),
            ("f64(NaN)", "write nan", "NaN"),
            ("f64(-nan)", "write nan", "-nan"),
            ("bool(True)", "write true", "True"),
            ("bool(1)", "a number is not bool", "1"),
        ],
    );
}

#[test]
fn values_of_json_are_told_what_to_be() {
    let scratch = Scratch::new();
    refused(
        &["--json"],
        &scalars(&scratch),
        &[
            (r#"s8(1.0)"#, "1.0 is not an integer: write 1", "(1.0)"),
            (
                r#"s8(128)"#,
                "128 is not in its range, -128 to 127",
                "(128)",
            ),
            (r#"s8("1.5")"#, r#""1.5" is not s8"#, "(\"1.5\")"),
            (r#"s8(null)"#, "null is an option without a value", "(null)"),
            (
                r#"char("ab")"#,
                "a string of one character, not 2",
                "(\"ab\")",
            ),
            (r#"len(5)"#, "a string is in double quotes", "(5)"),
            (
                r#"len("\ud83d")"#,
                "half of a character in UTF-16, stands alone",
                "\"",
            ),
            (r#"f64(1e999)"#, "number out of range", "9"),
        ],
    );
    let component = keywords(&scratch);
    refused(
        &["--json"],
        &component,
        &[
            (
                r#"record({"none": 1, "true": 2, "ifn": 3})"#,
                "`ifn` is not one of none, true, inf; did you mean inf?",
                r#"({"none": 1, "true": 2, "ifn": 3})"#,
            ),
            (
                r#"record({"none": 1})"#,
                "field `true` is missing",
                r#"({"none": 1})"#,
            ),
            (
                r#"record([1, 2, 3])"#,
                "a record is an object",
                "([1, 2, 3])",
            ),
            (r#"enum("othr")"#, "did you mean other?", "(\"othr\")"),
            (
                r#"flags("none")"#,
                "flags are an array of names",
                "(\"none\")",
            ),
            (
                r#"variant(["ok"])"#,
                "a variant is {\"case\": value}",
                "([\"ok\"])",
            ),
            (
                r#"variant({"none": 1})"#,
                "`none` has no value: write null",
                "({\"none\": 1})",
            ),
        ],
    );
    call(
        &["--json"],
        &component,
        &[
            r#"variant({"some": 7})"#,
            r#"variant("none")"#,
            r#"options({"a": null})"#,
            "options({})",
        ],
    )
    .success()
    .stdout("{\"some\":7}\n\"none\"\n{\"a\":null,\"b\":null}\n{\"a\":null,\"b\":null}\n");
}

#[test]
fn what_is_said_of_a_long_argument_is_short() {
    let scratch = Scratch::new();
    let component = scalars(&scratch);
    let long = "x".repeat(5_000_000);
    for (args, text) in [
        (&[][..], format!("len({long})")),
        (&[], format!("len('{long}')")),
        (&[], format!("len(\"{long})")),
        (&[], format!("len(\"{long}\\q\")")),
        (&[], format!("len({{{long}: 1}})")),
        (&[], format!("s8({})", "9".repeat(5_000_000))),
        (&[], format!("s8(\"{long}\")")),
        (&[], format!("s8([{}1])", "1, ".repeat(1_000_000))),
        (&[], format!("{long}(1)")),
        (&["--json"], format!("s8(\"{long}\")")),
        (&["--json"], format!("s8([{}1])", "1, ".repeat(1_000_000))),
        (&["--json"], format!("char(\"{long}\")")),
        (&["--json"], format!("len({{\"{long}\": 1}})")),
        (&["--json"], format!("len({long})")),
    ] {
        let failed = worldhost()
            .arg("call")
            .args(args)
            .arg(&component)
            .arg("-")
            .write_stdin(text.clone())
            .assert()
            .code(2);
        let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        assert!(said.len() < 1000, "{}: {} bytes", &text[..20], said.len());
    }
}

#[test]
fn a_resource_of_another_interface_is_said_to_be_that() {
    let scratch = Scratch::new();
    let component = crate::support::dummy(
        "package acme:tools@1.0.0;
         interface left { resource counter { constructor(); value: func() -> u32; } }
         interface right {
             resource counter { constructor(); }
             take: func(counter: counter);
             all: func(counters: list<counter>);
         }
         world plugin { export left; export right; }",
    );
    let component = scratch.file("two.wasm", component);
    let said = |args: &[&str], second| {
        let failed = call(args, &component, &["left#counter.new()", second]).code(2);
        one_line(&failed.get_output().stderr)
    };
    let whole = "$1 is counter, not counter: it is the counter of acme:tools/left@1.0.0, \
                 not the counter of acme:tools/right@1.0.0";
    let line = said(&[], "take($1)");
    assert!(line.contains(whole), "{line}");
    let line = said(&["--json"], r#"take({"handle": "$1"})"#);
    assert!(line.contains(whole), "{line}");
    let line = said(&[], "all([$1])");
    assert!(
        line.contains("not the counter of acme:tools/right@1.0.0"),
        "{line}"
    );
}

#[test]
fn of_two_versions_the_newest_is_called_and_the_other_named() {
    let scratch = Scratch::new();
    let component = crate::support::dummy(
        "package test:versions;
         package acme:tools@0.9.0 { interface run { go: func() -> u32; old: func(); } }
         package acme:tools@0.10.0 { interface run { go: func() -> u32; } }
         package other:tools@1.0.0 { interface walk { old: func(); } }
         world plugin {
             export acme:tools/run@0.9.0;
             export acme:tools/run@0.10.0;
             export other:tools/walk@1.0.0;
         }",
    );
    let component = scratch.file("versions.wasm", component);
    for text in ["go()", "run#go()", "acme:tools/run#go()"] {
        let failed = call(&[], &component, &[text]).code(134);
        let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        let note = "note: `go` is acme:tools/run@0.10.0#go, the newest version; \
                    there is acme:tools/run@0.9.0#go as well, by its whole name\n";
        assert!(said.contains(note), "{text}: {said}");
        let line = one_line(said.as_bytes());
        assert!(
            line.contains("acme:tools/run@0.10.0#go trapped"),
            "{text}: {line}"
        );
    }
    for text in ["acme:tools/run@0.9.0#go()", "acme:tools/run@0.10.0#go()"] {
        let failed = call(&[], &component, &[text]).code(134);
        let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        let name = text.trim_end_matches("()");
        assert!(said.contains(&format!("{name} trapped")), "{said}");
        assert!(!said.contains("note: "), "{said}");
    }
    // Two interfaces are no versions of one.
    let line = one_line(
        &call(&[], &component, &["old()"])
            .code(2)
            .get_output()
            .stderr,
    );
    assert!(line.contains("`old` is in several interfaces"), "{line}");
    let listed = call(&["--list"], &component, &[]).success();
    let listed = String::from_utf8_lossy(&listed.get_output().stdout).into_owned();
    for line in [
        "'acme:tools/run@0.9.0#go()'  # -> u32",
        "'acme:tools/run@0.10.0#go()'  # -> u32",
        "'run#old()'",
    ] {
        assert!(
            listed.lines().any(|listed| listed == line),
            "{line}\n{listed}"
        );
    }
}

//! Values of every type, by `worldhost call`, as WAVE and as JSON; handles between
//! calls.

use crate::support::{guest, worldhost};
use serde_json::{Value, json};
use std::path::Path;

fn call(args: &[&str], component: &Path, calls: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = worldhost();
    command.arg("call").args(args).arg(component).args(calls);
    command.assert()
}

/// The functions of the all-types guest that give their one argument back: the
/// value as WAVE and as JSON.
fn values() -> Vec<(&'static str, Vec<(&'static str, Value)>)> {
    vec![
        (
            "bool-value",
            vec![("true", json!(true)), ("false", json!(false))],
        ),
        ("u8-value", vec![("0", json!(0)), ("255", json!(255))]),
        ("u16-value", vec![("65535", json!(65535))]),
        ("u32-value", vec![("4294967295", json!(4294967295u32))]),
        ("u64-value", vec![("18446744073709551615", json!(u64::MAX))]),
        ("s8-value", vec![("-128", json!(-128))]),
        ("s16-value", vec![("-32768", json!(-32768))]),
        ("s32-value", vec![("-2147483648", json!(i32::MIN))]),
        ("s64-value", vec![("-9223372036854775808", json!(i64::MIN))]),
        (
            "f32-value",
            vec![
                ("0.1", json!(0.1)),
                ("inf", json!("inf")),
                ("nan", json!("nan")),
            ],
        ),
        (
            "f64-value",
            vec![("-2.5", json!(-2.5)), ("-inf", json!("-inf"))],
        ),
        (
            "char-value",
            vec![
                ("'x'", json!("x")),
                ("'é'", json!("é")),
                (r"'\''", json!("'")),
            ],
        ),
        (
            "string-value",
            vec![
                (r#""""#, json!("")),
                (r#""a \"b\" $1 ü""#, json!("a \"b\" $1 ü")),
            ],
        ),
        (
            "list-u8",
            vec![("[]", json!([])), ("[1, 2]", json!([1, 2]))],
        ),
        ("list-string", vec![(r#"["a", "b"]"#, json!(["a", "b"]))]),
        ("list-list", vec![("[[], [1]]", json!([[], [1]]))]),
        (
            "list-record",
            vec![("[{x: 1, y: -2}]", json!([{"x": 1, "y": -2}]))],
        ),
        (
            "list-option",
            vec![(r#"[some("a"), none]"#, json!(["a", null]))],
        ),
        (
            "option-u32",
            vec![("some(7)", json!(7)), ("none", json!(null))],
        ),
        ("option-string", vec![(r#"some("")"#, json!(""))]),
        (
            "option-option",
            vec![
                ("none", json!(null)),
                ("some(none)", json!({"some": null})),
                ("some(some(3))", json!({"some": 3})),
            ],
        ),
        (
            "result-both",
            vec![
                ("ok(1)", json!({"ok": 1})),
                (r#"err("no")"#, json!({"err": "no"})),
            ],
        ),
        (
            "result-ok",
            vec![
                (r#"ok("a")"#, json!({"ok": "a"})),
                ("err", json!({"err": null})),
            ],
        ),
        (
            "result-err",
            vec![
                ("ok", json!({"ok": null})),
                ("err(red)", json!({"err": "red"})),
            ],
        ),
        (
            "result-bare",
            vec![("ok", json!({"ok": null})), ("err", json!({"err": null}))],
        ),
        (
            "tuple-value",
            vec![(r#"(1, "a", 0.5)"#, json!([1, "a", 0.5]))],
        ),
        (
            "record-value",
            vec![("{x: 1, y: 2}", json!({"x": 1, "y": 2}))],
        ),
        (
            "record-nested",
            vec![(
                r#"{start: {x: 0, y: 1}, end: {x: 2, y: 3}, label: some("l")}"#,
                json!({"start": {"x": 0, "y": 1}, "end": {"x": 2, "y": 3}, "label": "l"}),
            )],
        ),
        (
            "variant-value",
            vec![
                ("empty", json!("empty")),
                ("circle(1.5)", json!({"circle": 1.5})),
                (
                    "polygon([{x: 1, y: 2}])",
                    json!({"polygon": [{"x": 1, "y": 2}]}),
                ),
                (r#"named(("n", 3))"#, json!({"named": ["n", 3]})),
            ],
        ),
        (
            "list-variant",
            vec![("[empty, circle(2)]", json!(["empty", {"circle": 2.0}]))],
        ),
        ("enum-value", vec![("green", json!("green"))]),
        (
            "flags-small",
            vec![("{read, exec}", json!(["read", "exec"])), ("{}", json!([]))],
        ),
        ("flags-wide", vec![("{b0, b31}", json!(["b0", "b31"]))]),
    ]
}

/// All the arguments of `many`, as WAVE and as JSON, and its result.
const MANY: [&str; 4] = [
    r#"1, -2, 3, -4, 5, -6, 7, -8, 1.5, 2.5, 'k', true, "m", [9], {x: 1, y: 2}, some(3)"#,
    r#"1, -2, 3, -4, 5, -6, 7, -8, 1.5, 2.5, "k", true, "m", [9], {"x": 1, "y": 2}, 3"#,
    r#"((1, -2, 3, -4, 5, -6, 7, -8), (1.5, 2.5, 'k', true), ("m", [9], {x: 1, y: 2}, some(3)))"#,
    r#"[[1,-2,3,-4,5,-6,7,-8],[1.5,2.5,"k",true],["m",[9],{"x":1,"y":2},3]]"#,
];

#[test]
fn values_of_every_type_go_there_and_back_as_wave() {
    let mut calls = Vec::new();
    let mut expected = String::new();
    for interface in ["echo", "round-trip"] {
        for (function, values) in values() {
            for (wave, _) in values {
                calls.push(format!("{interface}#{function}({wave})"));
                expected += &format!("{wave}\n");
            }
        }
        calls.push(format!("{interface}#many({})", MANY[0]));
        calls.push(format!("{interface}#nothing()"));
        expected += &format!("{}\n", MANY[2]);
    }
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    call(&[], &guest("all-types-self"), &calls)
        .success()
        .stdout(expected)
        .stderr("");
}

#[test]
fn values_of_every_type_go_there_and_back_as_json() {
    let mut lines = String::new();
    let mut expected = Vec::new();
    for interface in ["echo", "round-trip"] {
        for (function, values) in values() {
            for (_, json) in values {
                lines += &format!("{interface}#{function}({json})\n");
                expected.push(json);
            }
        }
        lines += &format!("{interface}#many({})\n{interface}#nothing()\n", MANY[1]);
        expected.extend([serde_json::from_str(MANY[3]).unwrap(), json!(null)]);
    }
    let output = worldhost()
        .args(["call", "--json"])
        .arg(guest("all-types-self"))
        .arg("-")
        .write_stdin(lines)
        .assert()
        .success();
    let stdout = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let answers: Vec<Value> = stdout
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(answers, expected);
}

#[test]
fn every_function_of_the_guest_was_called() {
    let listed = call(&["--list", "--json"], &guest("all-types-self"), &[]).success();
    let listed = String::from_utf8(listed.get_output().stdout.clone()).unwrap();
    let mut left: Vec<String> = listed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|function| function["name"].as_str().unwrap().to_string())
        .collect();
    left.retain(|name| values().iter().all(|(called, _)| called != name));
    left.retain(|name| name != "many" && name != "nothing");
    left.sort();
    left.dedup();
    // What is left is in the tests of handles below.
    let source = include_str!("values.rs");
    for name in left {
        let spelling = match name.split_once(']') {
            Some(("[constructor", resource)) => format!("{resource}.new"),
            Some(("[method", name)) => format!(".{}", name.split_once('.').unwrap().1),
            Some((_, name)) => name.to_string(),
            None => name,
        };
        assert!(source.contains(&format!("{spelling}(")), "{spelling}");
    }
}

#[test]
fn handles_are_kept_between_calls() {
    call(
        &[],
        &guest("all-types-self"),
        &[
            "counter.new(5)",
            "$1.add(2)",
            "counter.new(1)",
            "counter.sum($1, $3)",
            "$4.value()",
            "counter.add($3, 10)",
            "borrow-counter($3)",
            "round-trip#list-counter([$3, $4])",
            "own-counter($8.2)",
            "[method]counter.value($9)",
            "counter.alive()",
        ],
    )
    .success()
    .stdout("$1\n7\n$3\n$4\n8\n11\n11\n[$8.1, $8.2]\n$9\n8\n2\n");
}

#[test]
fn handles_are_kept_between_calls_in_json_too() {
    call(
        &["--json"],
        &guest("all-types-self"),
        &[
            r#"token.new("a")"#,
            r#"use-token("b", "c")"#,
            r#"$1.rename("d")"#,
            r#"token.join({"handle": "$1"}, "$2")"#,
            r#"$4.name()"#,
            r#"echo#option-token("$2")"#,
            r#"echo#list-token(["$4"])"#,
            r#"echo#own-token("$7")"#,
            r#"echo#borrow-token("$8")"#,
        ],
    )
    .success()
    .stdout(
        "{\"handle\":\"$1\"}\n{\"handle\":\"$2\"}\nnull\n{\"handle\":\"$4\"}\n\"d+b+c!\"\n\
         {\"handle\":\"$6\"}\n[{\"handle\":\"$7\"}]\n{\"handle\":\"$8\"}\n\"d+b+c!\"\n",
    );
}

#[test]
fn a_whole_result_is_an_argument_again() {
    call(
        &[],
        &guest("all-types-self"),
        &[
            "echo#record-value({y: 2, x: 1})",
            "echo#list-record([$1, $1])",
        ],
    )
    .success()
    .stdout("{x: 1, y: 2}\n[{x: 1, y: 2}, {x: 1, y: 2}]\n");
}

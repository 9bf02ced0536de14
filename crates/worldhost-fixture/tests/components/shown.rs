//! Valid components that are no world of WIT: they run, and what there are words for is
//! shown.

use crate::support::{Scratch, one_line, worldhost};
use std::path::Path;

/// A plugin of the fixture's world, with more in it.
fn plugin(more: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
            (core module $m
                (memory (export "m") 2)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 64)
                (func (export "id") (param i32) (result i32) local.get 0)
                (func (export "str") (param i32 i32) (result i32)
                    (i32.store (i32.const 0) (local.get 0))
                    (i32.store (i32.const 4) (local.get 1))
                    i32.const 0))
            (core instance $i (instantiate $m))
            (func $process (export "process") (param "input" string) (result string)
                (canon lift (core func $i "str") (memory (core memory $i "m"))
                    (realloc (core func $i "realloc"))))
            {more})"#
    );
    wat::parse_str(text).unwrap()
}

/// What it is called, and what of it is left without words.
const MORE: &[(&str, &str)] = &[
    (
        r#"(type $e (enum "red" "green")) (export "color" (type $e))"#,
        "export color, a type",
    ),
    (
        r#"(type $e (enum "red" "green")) (export $c "color" (type $e))
           (func (export "paint") (param "c" $c) (result $c) (canon lift (core func $i "id")))"#,
        "export color, a type",
    ),
    (
        r#"(type $r (record (field "a" u32))) (export $s "one" (type $r))
           (type $t (list $s)) (export "other" (type $t))"#,
        "export other, a type",
    ),
    (
        r#"(type $r (resource (rep i32))) (export "handle" (type $r))"#,
        "export handle, a type",
    ),
    (
        r#"(export "code" (core module $m))"#,
        "export code, a core module",
    ),
    (
        r#"(instance $inner (export "process" (func $process)))
           (instance $outer (export "inner" (instance $inner)))
           (export "nested" (instance $outer))"#,
        "export nested, an instance",
    ),
    (
        r#"(instance $outer (export "code" (core module $m)))
           (export "nested" (instance $outer))"#,
        "export nested, an instance",
    ),
    (
        r#"(import "wasi:io/error@0.2.12" (instance $e (export "error" (type (sub resource)))))
           (export "error-again" (instance $e))"#,
        "export error-again, an instance",
    ),
    (
        r#"(component $c (type $r (resource (rep i32))) (export "r" (type $r)))
           (instance $c (instantiate $c))
           (export "one" (instance $c)) (export "two" (instance $c))"#,
        "export two, an instance",
    ),
];

fn says(args: &[&str], file: &Path, rest: &[&str]) -> String {
    let mut command = worldhost();
    let output = command.args(args).arg(file).args(rest).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{args:?}: {text}");
    text
}

#[test]
fn it_runs_and_is_shown_but_for_what_has_no_words() {
    for (more, unseen) in MORE {
        let scratch = Scratch::new();
        let file = scratch.file("c.wasm", plugin(more));
        assert_eq!(says(&["process"], &file, &["hello"]), "hello\n");
        let call = [r#"process("hello")"#];
        assert_eq!(says(&["call"], &file, &call), "\"hello\"\n");
        assert!(says(&["call", "--list"], &file, &[]).contains("process("));
        let check = says(&["check"], &file, &[]);
        assert!(
            check.contains("fits worldhost:plugin/plugin@0.1.0"),
            "{check}"
        );
        let inspect = says(&["inspect"], &file, &[]);
        assert!(
            inspect.contains("process: func(input: string) -> string"),
            "{inspect}"
        );
        assert!(inspect.contains("export process:"), "{inspect}");
        for text in [&check, &inspect] {
            assert!(text.contains("WIT has no words for:"), "{text}");
            assert!(text.contains(unseen), "{text}");
        }
        let wit = says(&["inspect", "--wit"], &file, &[]);
        assert!(
            wit.contains(&format!("warning: WIT has no words for {unseen}")),
            "{wit}"
        );
        let json = says(&["inspect", "--json"], &file, &[]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let (_, name) = unseen.split_once(' ').unwrap();
        let (name, kind) = name.split_once(", ").unwrap();
        let found = json["unseen"].as_array().unwrap();
        assert!(
            found
                .iter()
                .any(|one| one["name"] == name && one["kind"] == kind),
            "{json}"
        );
        assert!(
            json["exports"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one == name)
        );
    }
}

/// The type of a function of the root, also where the component has to name it.
#[test]
fn a_type_of_the_root_is_a_type_of_the_world() {
    let scratch = Scratch::new();
    let file = scratch.file("c.wasm", plugin(MORE[1].0));
    let inspect = says(&["inspect"], &file, &[]);
    assert!(
        inspect.contains("paint: func(c: color) -> color"),
        "{inspect}"
    );
    assert!(inspect.contains("enum color {"), "{inspect}");
    assert_eq!(says(&["call"], &file, &["paint(red)"]), "red\n");
}

/// The other kinds: broken bytes, an export of the world that cannot be looked at, and
/// imports without words.
#[test]
fn what_does_not_fit_is_told_apart() {
    let scratch = Scratch::new();
    let code = |args: &[&str], bytes: Vec<u8>| {
        let file = scratch.file("c.wasm", bytes);
        let output = worldhost().args(args).arg(file).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let mut broken = plugin(MORE[0].0);
    broken.truncate(broken.len() - 3);
    for command in ["check", "inspect", "process", "run"] {
        let (code, text) = code(&[command], broken.clone());
        assert_eq!(code, Some(126));
        assert!(text.contains("is not a valid component"), "{text}");
    }
    // `process` is there, as something that has no type in WIT.
    let other =
        wat::parse_str(r#"(component (core module $m) (export "process" (core module $m)))"#);
    let (found, text) = code(&["check"], other.unwrap());
    assert_eq!(found, Some(126));
    assert!(
        text.contains("it could not be told whether with this type"),
        "{text}"
    );
    // Nothing is known of the world, and still the linker knows what is missing.
    let import = r#"(component (import "m" (core module)) (import "url=<https://f>" (func)))"#;
    let (found, text) = code(&["check"], wat::parse_str(import).unwrap());
    assert_eq!(found, Some(126));
    assert!(text.contains("import m: nothing provides it"), "{text}");
    assert!(
        text.contains("import url=<https://f>, a function: "),
        "{text}"
    );
    let (found, text) = code(&["inspect"], wat::parse_str(import).unwrap());
    assert_eq!(found, Some(0));
    assert!(text.contains("import m, a core module: "), "{text}");
}

#[test]
fn a_release_candidate_s_run_is_none() {
    let scratch = Scratch::new();
    for version in ["0.2.0-rc-2023-11-10", "0.3.0-rc-2026-01-06"] {
        let file = scratch.file("c.wasm", runs(&[version]));
        let output = worldhost().arg("run").arg(&file).output().unwrap();
        assert_eq!(output.status.code(), Some(126));
        let line = one_line(&output.stderr);
        assert!(
            line.contains(&format!("it exports wasi:cli/run@{version}")),
            "{line}"
        );
        let check = worldhost().arg("check").arg(&file).output().unwrap();
        assert_eq!(check.status.code(), Some(126));
        let text = String::from_utf8(check.stdout).unwrap();
        let world = &version[..5];
        assert!(
            text.contains(&format!("the component has {version}")),
            "{text}"
        );
        assert!(
            text.contains(&format!("build the component against WASI {}", &world[..3])),
            "{text}"
        );
    }
}

#[test]
fn of_several_runs_the_one_that_is_used_is_named() {
    let scratch = Scratch::new();
    for (versions, used) in [
        (&["0.2.0", "0.2.6"][..], "0.2.6"),
        (&["0.2.6", "0.2.0", "0.2.0-rc-2023-11-10"], "0.2.6"),
        (&["0.2.99", "0.2.12"], "0.2.12"),
        (&["0.2.10", "0.2.9"], "0.2.10"),
    ] {
        let file = scratch.file("c.wasm", runs(versions));
        let place = versions
            .iter()
            .position(|version| *version == used)
            .unwrap();
        let run = worldhost().arg("run").arg(&file).output().unwrap();
        assert_eq!(run.status.code(), Some(10 + place as i32), "{versions:?}");
        for command in ["check", "inspect"] {
            let text = says(&[command], &file, &[]);
            let words = format!("wasi:cli/run@{used} is the one that is used");
            assert!(text.contains(&words), "{text}");
        }
    }
}

/// A command whose `run` of each version ends with a code of its own.
fn runs(versions: &[&str]) -> Vec<u8> {
    let mut text = String::from(
        r#"(component
        (import "wasi:cli/exit@0.2.12" (instance $x
            (export "exit-with-code" (func (param "status-code" u8)))))
        (core func $e (canon lower (func $x "exit-with-code")))
        (core module $m (import "h" "e" (func $e (param i32)))"#,
    );
    for index in 0..versions.len() {
        let code = 10 + index;
        text += &format!(
            "(func (export \"r{index}\") (result i32) (call $e (i32.const {code})) i32.const 0)"
        );
    }
    text += r#") (core instance $i (instantiate $m (with "h" (instance (export "e" (func $e))))))"#;
    for (index, version) in versions.iter().enumerate() {
        text += &format!(
            r#"(func $f{index} (result (result)) (canon lift (core func $i "r{index}")))
            (instance $i{index} (export "run" (func $f{index})))
            (export "wasi:cli/run@{version}" (instance $i{index}))"#
        );
    }
    wat::parse_str(text + ")").unwrap()
}

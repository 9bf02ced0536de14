//! What a component says of itself and in errors takes over no terminal, and forges no
//! line of the host's.

use crate::support::{Scratch, component, one_line, plugin_with, worldhost};
use std::path::Path;
use std::process::Output;
use wasm_encoder::{
    Component, ComponentImportSection, ComponentSection, ComponentTypeRef, ComponentTypeSection,
    CustomSection, InstanceType, PrimitiveValType, ProducersField, ProducersSection,
};

/// A clear screen, a title, a bell, DEL, CSI as one character, an override of the
/// direction and a second line.
const HOSTILE: &str = "\x1b[2J\x1b]0;t\x07\x7f\u{9b}2J\u{202e}\u{2028}\r\nerror: forged";

/// Its first line, escaped.
const SHOWN: &str = r"\u{1b}[2J\u{1b}]0;t\u{7}\u{7f}\u{9b}2J\u{202e}\u{2028}";

/// The command as on a terminal, which drops nothing from what is printed.
fn said(args: &[&str], file: &Path) -> Output {
    let mut command = worldhost();
    command.args(args).arg(file).env("CLICOLOR_FORCE", "1");
    command.output().unwrap()
}

/// The text without this program's own colours, in which nothing may be left that a
/// terminal obeys.
#[track_caller]
fn quiet(text: &[u8]) -> String {
    let mut text = String::from_utf8(text.to_vec()).unwrap();
    for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m"] {
        text = text.replace(code, "");
    }
    let obeyed =
        |c: char| (c.is_control() && !"\t\n".contains(c)) || ('\u{2028}'..='\u{202e}').contains(&c);
    let found: String = text.chars().filter(|c| obeyed(*c)).collect();
    assert!(found.is_empty(), "{found:?} in {text:?}");
    let forged = text.lines().any(|line| line.starts_with("error: forged"));
    assert!(!forged, "{text}");
    text
}

/// A component with custom sections of its own making.
fn adorned(mut component: Vec<u8>, sections: &[&dyn ComponentSection]) -> Vec<u8> {
    for section in sections {
        section.append_to_component(&mut component);
    }
    component
}

/// Producers and documentation may have any name and text.
fn boasts() -> Vec<u8> {
    let mut field = ProducersField::new();
    field.value(HOSTILE, HOSTILE);
    let mut producers = ProducersSection::new();
    producers.field("processed-by", &field);
    let docs = serde_json::json!({ "worlds": { "root": {
        "docs": HOSTILE,
        "func_exports": { "process": { "docs": HOSTILE } },
    } } });
    let docs = CustomSection {
        name: "package-docs".into(),
        data: [&[1], docs.to_string().as_bytes()].concat().into(),
    };
    adorned(plugin_with("", "unreachable"), &[&producers, &docs])
}

/// A component that imports an instance with one function under this name, whatever
/// a name may be.
fn imports(name: &str) -> Vec<u8> {
    let mut instance = InstanceType::new();
    instance
        .ty()
        .function()
        .params::<_, PrimitiveValType>([])
        .result(None);
    instance.export("f", ComponentTypeRef::Func(0));
    let mut types = ComponentTypeSection::new();
    types.instance(&instance);
    let mut imports = ComponentImportSection::new();
    imports.import(name, ComponentTypeRef::Instance(0));
    let mut component = Component::new();
    component.section(&types).section(&imports);
    component.finish()
}

#[test]
fn what_inspect_shows() {
    let scratch = Scratch::new();
    let file = scratch.file("boasts.wasm", boasts());
    let words = quiet(&said(&["inspect"], &file).stdout);
    let tool = format!("made with  {SHOWN}\\r\\nerror: forged {SHOWN}\\r\\nerror: forged");
    assert!(words.contains(&tool), "{words}");
    assert!(words.contains(&format!("/// {SHOWN}\n")), "{words}");
    let wit = quiet(&said(&["inspect", "--wit"], &file).stdout);
    assert!(wit.contains(&format!("/// {SHOWN}\n")), "{wit}");
    // To a reader of JSON it is the same text.
    let json = quiet(&said(&["inspect", "--json"], &file).stdout);
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["producers"][0]["name"], HOSTILE);
}

#[test]
fn names_of_imports() {
    let scratch = Scratch::new();
    let file = scratch.file("url.wasm", imports(&format!("url=<{HOSTILE}>")));
    // It is valid, and there is no WIT for it.
    for (command, code) in [
        ("run", 126),
        ("process", 126),
        ("check", 126),
        ("inspect", 0),
    ] {
        let output = said(&[command], &file);
        assert_eq!(output.status.code(), Some(code), "{command}");
        let words = quiet(&output.stdout) + &quiet(&output.stderr);
        assert!(words.contains(r"\u{1b}[2J"), "{command}: {words}");
    }
    quiet(&said(&["check", "--json"], &file).stdout);
}

#[test]
fn what_is_quoted_of_an_invalid_component() {
    let scratch = Scratch::new();
    let file = scratch.file("invalid.wasm", imports(HOSTILE));
    for args in [
        &["run"][..],
        &["process"],
        &["call", "--list"],
        &["check"],
        &["check", "--json"],
        &["check", "no/such.wasm"],
        &["inspect"],
        &["compile"],
        &["wit", "diff"],
    ] {
        let output = said(args, &file);
        let words = quiet(&output.stdout) + &quiet(&output.stderr);
        assert!(words.contains("[2J"), "{args:?}: {words}");
        if !output.stderr.is_empty() {
            one_line(quiet(&output.stderr).as_bytes());
        }
    }
}

#[test]
fn frames_of_a_trap() {
    let scratch = Scratch::new();
    let name = HOSTILE.escape_default();
    let traps = plugin_with(
        &format!("(func $named (@name \"{name}\") unreachable)"),
        "(call $named) unreachable",
    );
    let file = scratch.file("traps.wasm", traps);
    for args in [&["-v", "process"][..], &["-v", "process", "--fresh"]] {
        let mut command = worldhost();
        command.args(args).arg(&file).args(["a", "b"]);
        let output = command.env("CLICOLOR_FORCE", "1").output().unwrap();
        let words = quiet(&output.stderr);
        let frame = words.lines().nth(1).unwrap();
        assert!(
            frame.ends_with(&format!("{SHOWN}\\r\\nerror: forged")),
            "{words}"
        );
    }
}

#[test]
fn a_path_makes_no_second_line() {
    for command in ["run", "process", "check", "inspect", "compile"] {
        let output = said(&[command], Path::new("no\nsuch\x1b[2J.wasm"));
        let words = quiet(&output.stdout) + &quiet(&output.stderr);
        assert_eq!(words.lines().count(), 1, "{words}");
    }
    quiet(&said(&["wit", "diff"], Path::new("no\nsuch\x1b[2J.wasm")).stderr);
}

/// Results are the component's own, and have an escape for everything.
#[test]
fn results_of_a_call() {
    let scratch = Scratch::new();
    let bytes: String = HOSTILE
        .bytes()
        .map(|byte| format!("\\{byte:02x}"))
        .collect();
    let wit = "package test:says; world says { export say: func() -> string; }";
    let core = format!(
        r#"(module
            (memory (export "memory") 1)
            (data (i32.const 8) "\10\00\00\00\{:02x}\00\00\00{bytes}")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
            (func (export "say") (result i32) (i32.const 8)))"#,
        HOSTILE.len()
    );
    let file = scratch.file("says.wasm", component(wit, "says", &core));
    let call = |options: &[&str]| {
        let mut command = worldhost();
        command.arg("call").args(options).arg(&file).arg("say()");
        quiet(&command.output().unwrap().stdout)
    };
    let wave = call(&[]);
    assert!(wave.starts_with(r#""\u{1b}[2J"#), "{wave}");
    let read: String = serde_json::from_str(&call(&["--json"])).unwrap();
    assert_eq!(read, HOSTILE);
}

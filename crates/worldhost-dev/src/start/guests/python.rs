//! A module, by componentize-py.

use super::exports::{Exports, is_async, is_constructor, is_static, parameters};
use super::of::Of;
use heck::{ToSnakeCase, ToUpperCamelCase};
use wit_parser::Function;

/// Words of Python that are no names.
const WORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

pub(super) fn files(of: &Of<'_>, exports: &Exports<'_>) -> Vec<(&'static str, String)> {
    let name = &of.name;
    let build = format!(
        "#!/bin/sh\n# Builds guest/guest.wasm. Once: pip install componentize-py\nset -e\n\
         cd \"$(dirname \"$0\")\"\n\
         componentize-py -d ../wit -w {name} componentize app -o guest.wasm\n"
    );
    vec![("app.py", source(of, exports)), ("build.sh", build)]
}

fn source(of: &Of<'_>, exports: &Exports<'_>) -> String {
    let mut text = format!(
        "\"\"\"A guest of the world {}.\"\"\"\n\nimport wit_world\n",
        of.name
    );
    if !exports.interfaces.is_empty() {
        text += "from wit_world import exports\n";
    }
    if !exports.functions.is_empty() {
        text += &class("WitWorld", "wit_world.WitWorld", &exports.functions);
    }
    for one in &exports.interfaces {
        let name = one.name.to_upper_camel_case();
        if !one.functions.is_empty() {
            text += &class(&name, &format!("exports.{name}"), &one.functions);
        }
        for resource in &one.resources {
            let own = resource.name.to_upper_camel_case();
            let base = format!("exports.{}.{own}", word(&one.name));
            text += &class(&own, &base, &resource.functions);
        }
    }
    text
}

fn class(name: &str, base: &str, functions: &[&Function]) -> String {
    let methods: Vec<String> = functions.iter().map(|one| method(one)).collect();
    let body = match methods.is_empty() {
        true => "    pass\n".to_string(),
        false => methods.join("\n"),
    };
    format!("\n\nclass {name}({base}):\n{body}")
}

fn method(function: &Function) -> String {
    let name = match is_constructor(function) {
        true => "__init__".to_string(),
        false => word(function.item_name()),
    };
    let (mark, receiver) = match is_static(function) {
        true => ("    @staticmethod\n", None),
        false => ("", Some("self".to_string())),
    };
    let inputs: Vec<String> = receiver
        .into_iter()
        .chain(parameters(function).map(word))
        .collect();
    let before = if is_async(function) { "async " } else { "" };
    format!(
        "{mark}    {before}def {name}({}):\n        raise NotImplementedError\n",
        inputs.join(", ")
    )
}

fn word(name: &str) -> String {
    let name = name.to_snake_case();
    match WORDS.contains(&name.as_str()) {
        true => name + "_",
        false => name,
    }
}

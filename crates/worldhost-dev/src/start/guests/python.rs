//! A module, by componentize-py.

use super::exports::{Exported, Exports, is_async, is_constructor, is_static, parameters};
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

pub(super) fn files(of: &Of<'_>, exports: &Exports<'_>) -> Vec<(String, String)> {
    let name = &of.name;
    let build = format!(
        "#!/bin/sh\n# Builds guest/guest.wasm. Once: pip install componentize-py\nset -e\n\
         cd \"$(dirname \"$0\")\"\n\
         componentize-py -d ../wit -w {name} componentize app -o guest.wasm\n"
    );
    let resources = exports
        .interfaces
        .iter()
        .filter(|one| !one.resources.is_empty());
    let resources = resources.map(|one| (format!("{}.py", word(&one.name)), resources_of(one)));
    let own = [
        ("app.py".to_string(), source(of, exports)),
        ("build.sh".to_string(), build),
    ];
    own.into_iter().chain(resources).collect()
}

fn source(of: &Of<'_>, exports: &Exports<'_>) -> String {
    let mut text = format!(
        "\"\"\"A guest of the world {}.\"\"\"\n\nimport wit_world\n",
        of.name
    );
    let with_functions = || {
        exports
            .interfaces
            .iter()
            .filter(|one| !one.functions.is_empty())
    };
    if with_functions().next().is_some() {
        text += "from wit_world import exports\n";
    }
    if !exports.functions.is_empty() {
        text += &class("WitWorld", "wit_world.WitWorld", &exports.functions);
    }
    for one in with_functions() {
        let name = one.name.to_upper_camel_case();
        text += &class(&name, &format!("exports.{name}"), &one.functions);
    }
    text
}

/// The resources of an interface are in a module that is named after it.
fn resources_of(one: &Exported<'_>) -> String {
    let module = word(&one.name);
    let mut text = format!(
        "\"\"\"The resources of {}.\"\"\"\n\nfrom wit_world.exports import {module}\n",
        one.name
    );
    for resource in &one.resources {
        let name = resource.name.to_upper_camel_case();
        text += &class(&name, &format!("{module}.{name}"), &resource.functions);
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
        true => ("    @classmethod\n", "cls"),
        false => ("", "self"),
    };
    let inputs = std::iter::once(receiver.to_string()).chain(parameters(function).map(word));
    let inputs: Vec<String> = inputs.collect();
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

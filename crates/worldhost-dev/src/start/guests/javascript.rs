//! A module, by componentize-js.

use super::exports::{Exported, Exports, is_constructor, is_static, parameters};
use super::of::Of;
use heck::{ToLowerCamelCase, ToUpperCamelCase};
use wit_parser::Function;

/// Words of JavaScript that are no names of parameters or functions.
const WORDS: [&str; 46] = [
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "while",
    "with",
];

const BODY: &str = "throw new Error(\"not written yet\");";

pub(super) fn files(of: &Of<'_>, exports: &Exports<'_>) -> Vec<(String, String)> {
    // What it has by default and not every host.
    let without = match of.has_http {
        true => "",
        false => " -d http fetch-event",
    };
    let package = format!(
        "{{\n  \"private\": true,\n  \"type\": \"module\",\n  \"scripts\": {{\n    \
         \"build\": \"componentize-js guest.js --wit ../wit --world-name {}{without} --out guest.wasm\"\n  \
         }},\n  \"devDependencies\": {{\n    \"@bytecodealliance/componentize-js\": \"^0.23.0\"\n  }}\n}}\n",
        of.name
    );
    let build = "#!/bin/sh\n# Builds guest/guest.wasm. Once: npm install --prefix guest\nset -e\n\
                 cd \"$(dirname \"$0\")\"\nnpm run build\n";
    vec![
        ("package.json".into(), package),
        ("guest.js".into(), source(of, exports)),
        ("build.sh".into(), build.into()),
    ]
}

fn source(of: &Of<'_>, exports: &Exports<'_>) -> String {
    let mut text = format!("// A guest of the world {}.\n", of.name);
    for function in &exports.functions {
        let name = function.item_name().to_lower_camel_case();
        let inputs = inputs(function);
        text += &match WORDS.contains(&name.as_str()) {
            // No function can be called that, and an export can.
            true => format!(
                "\nfunction {name}_({inputs}) {{\n  {BODY}\n}}\nexport {{ {name}_ as {name} }};\n"
            ),
            false => format!("\nexport function {name}({inputs}) {{\n  {BODY}\n}}\n"),
        };
    }
    for one in &exports.interfaces {
        text += &interface(one);
    }
    text
}

fn interface(one: &Exported<'_>) -> String {
    let name = word(&one.name);
    let mut members: Vec<String> = one.functions.iter().map(|one| member(one, "  ")).collect();
    for resource in &one.resources {
        let own = resource.name.to_upper_camel_case();
        let methods: Vec<String> = resource
            .functions
            .iter()
            .map(|one| member(one, "    "))
            .collect();
        members.push(format!(
            "  {own}: class {own} {{\n{}\n  }}",
            methods.join("\n")
        ));
    }
    let object = format!("{{\n{},\n}}", members.join(",\n"));
    match name == one.name.to_lower_camel_case() {
        true => format!("\nexport const {name} = {object};\n"),
        false => {
            let exported = one.name.to_lower_camel_case();
            format!("\nconst {name} = {object};\nexport {{ {name} as {exported} }};\n")
        }
    }
}

fn member(function: &Function, indent: &str) -> String {
    let before = if is_static(function) { "static " } else { "" };
    let name = match is_constructor(function) {
        true => "constructor".to_string(),
        false => function.item_name().to_lower_camel_case(),
    };
    format!(
        "{indent}{before}{name}({}) {{\n{indent}  {BODY}\n{indent}}}",
        inputs(function)
    )
}

fn inputs(function: &Function) -> String {
    parameters(function)
        .map(word)
        .collect::<Vec<_>>()
        .join(", ")
}

fn word(name: &str) -> String {
    let name = name.to_lower_camel_case();
    match WORDS.contains(&name.as_str()) {
        true => name + "_",
        false => name,
    }
}

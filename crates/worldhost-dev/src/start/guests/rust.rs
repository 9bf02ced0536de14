//! A crate, by wit-bindgen.

use super::exports::{Exported, Exports, has_self, is_async, is_constructor, parameters};
use super::of::Of;
use super::types::Types;
use crate::rust::{self, ident};
use std::fmt::Write;
use wit_parser::Function;
use worldhost_wit::Side;

const MANIFEST: &str = "[package]
name = \"guest\"
version = \"0.1.0\"
edition = \"2024\"
publish = false

[lib]
crate-type = [\"cdylib\"]

[dependencies]
wit-bindgen = \"0.61\"

[profile.release]
opt-level = \"s\"
lto = true
strip = true

# It stands for itself: it is built for another system than the host.
[workspace]
";

const BUILD: &str = "#!/bin/sh
# Builds guest/guest.wasm. Once: rustup target add wasm32-wasip2
set -e
cd \"$(dirname \"$0\")\"
cargo build --release --target wasm32-wasip2
cp target/wasm32-wasip2/release/guest.wasm guest.wasm
";

pub(super) fn files(of: &Of<'_>, exports: &Exports<'_>) -> Vec<(String, String)> {
    vec![
        ("Cargo.toml".into(), MANIFEST.into()),
        ("src/lib.rs".into(), source(of, exports)),
        ("build.sh".into(), BUILD.into()),
    ]
}

fn source(of: &Of<'_>, exports: &Exports<'_>) -> String {
    let mut text = format!(
        "//! A guest of the world `{name}`.\n\n\
         #![allow(unused_variables, reason = \"until no todo!() is left\")]\n\n\
         wit_bindgen::generate!({{\n    path: \"../wit\",\n    world: \"{name}\",\n    \
         generate_all,\n}});\n\nstruct Component;\n\n",
        name = of.name
    );
    let types = Types {
        resolve: exports.resolve,
        world: of.world,
        exported: None,
    };
    if !exports.functions.is_empty() {
        text += &implementation("Guest", "Component", "", &types, &exports.functions);
    }
    for one in &exports.interfaces {
        text += &interface(of, exports, one);
    }
    text + "export!(Component);\n"
}

fn interface(of: &Of<'_>, exports: &Exports<'_>, one: &Exported<'_>) -> String {
    let types = Types {
        resolve: exports.resolve,
        world: of.world,
        exported: Some((one.key, one.id)),
    };
    let module = rust::module(exports.resolve, Side::Export, one.key, one.id).join("::");
    // Two interfaces may have a resource of the same name.
    let own = |resource: &str| rust::resource_type(&format!("{}-{resource}", one.name));
    let mut names = String::new();
    let mut rest = String::new();
    for resource in &one.resources {
        let (name, own) = (rust::resource_type(resource.name), own(resource.name));
        let _ = writeln!(names, "    type {name} = {own};");
        let of = format!("{module}::Guest{name}");
        rest += &format!(
            "/// What a handle to a `{}` stands for.\nstruct {own};\n\n",
            resource.name
        );
        rest += &implementation(&of, &own, "", &types, &resource.functions);
    }
    let guest = format!("{module}::Guest");
    implementation(&guest, "Component", &names, &types, &one.functions) + &rest
}

fn implementation(
    of: &str,
    on: &str,
    names: &str,
    types: &Types<'_>,
    functions: &[&Function],
) -> String {
    let methods: Vec<String> = functions.iter().map(|one| method(types, one)).collect();
    let gap = if names.is_empty() || methods.is_empty() {
        ""
    } else {
        "\n"
    };
    let body = methods.join("\n");
    match names.is_empty() && body.is_empty() {
        true => format!("impl {of} for {on} {{}}\n\n"),
        false => format!("impl {of} for {on} {{\n{names}{gap}{body}}}\n\n"),
    }
}

fn method(types: &Types<'_>, function: &Function) -> String {
    let receiver = has_self(function).then(|| "&self".to_string());
    let skip = usize::from(has_self(function));
    let inputs = parameters(function)
        .zip(function.params.iter().skip(skip))
        .map(|(name, param)| format!("{}: {}", ident(name), types.of(&param.ty)));
    let inputs: Vec<String> = receiver.into_iter().chain(inputs).collect();
    let (name, result) = match (is_constructor(function), &function.result) {
        (true, Some(ty)) if types.of(ty).starts_with("Result<") => {
            ("new".into(), format!(" -> {}", types.of(ty)))
        }
        (true, _) => ("new".into(), " -> Self".into()),
        (false, Some(ty)) => (ident(function.item_name()), format!(" -> {}", types.of(ty))),
        (false, None) => (ident(function.item_name()), String::new()),
    };
    let word = if is_async(function) { "async " } else { "" };
    format!(
        "    {word}fn {name}({}){result} {{\n        todo!()\n    }}\n",
        inputs.join(", ")
    )
}

//! `worldhost wit bindings` is what the macro makes, and the API that a host is
//! written against is kept as a snapshot.

use crate::project::Project;
use syn::{Item, ItemMod};

/// `src/bindings.rs` itself, with a `bindgen!` that gives its text.
#[path = "../../src/bindings.rs"]
mod bindings;

const SNAPSHOT: &str = "tests/snapshots/bindings-api.rs";

#[test]
fn it_is_what_the_macro_makes() {
    let made = syn::parse_file(bindings::MADE).unwrap();
    let said = Project::copy().wit(&["bindings"]);
    said.has(0, &[]);
    assert_eq!(said.out, prettyplease::unparse(&made));
}

/// The path of each trait below the module that has something to implement.
fn traits(path: &str, items: &[Item], found: &mut Vec<String>) {
    for item in items {
        match item {
            Item::Trait(item) if !item.items.is_empty() => {
                found.push(format!("{path}{}", item.ident))
            }
            Item::Mod(ItemMod {
                ident,
                content: Some((_, items)),
                ..
            }) => traits(&format!("{path}{ident}::"), items, found),
            _ => {}
        }
    }
}

/// Those of this project's own interfaces are all there is to implement.
#[test]
fn no_trait_of_wasi_is_generated() {
    let file = syn::parse_file(bindings::MADE).unwrap();
    let mut found = Vec::new();
    traits("", &file.items, &mut found);
    assert_eq!(found, ["worldhost::plugin::host::Host"]);
}

/// A change of the WIT is a change of this file, to be seen in a review.
#[test]
fn the_api_is_the_one_that_was_reviewed() {
    let said = Project::copy().wit(&["bindings", "--api"]);
    said.has(0, &[]);
    let snapshot = std::fs::read_to_string(format!("{}/{SNAPSHOT}", crate::project::ROOT));
    assert!(
        snapshot.unwrap_or_default() == said.out,
        "the API of the bindings is not that of {SNAPSHOT}; if it is meant to be, run\n  \
         cd crates/worldhost-fixture && cargo run -q -- wit bindings --api > {SNAPSHOT}\n\
         and review it with git diff"
    );
}

/// Nothing is made up: they are those of a `bindgen!` that has no options.
#[test]
fn a_project_without_bindings_gets_plain_ones() {
    let project = Project::copy();
    project.remove("src").remove("Cargo.toml");
    project.wit(&["bindings"]).has(2, &["none was named"]);
    let said = project.wit(&["bindings", "--world", "plugin"]);
    said.has(0, &["pub trait Host {", "pub mod wasi {"])
        .lacks("__with_name");
    let api = project.wit(&["bindings", "--api", "--world", "plugin"]);
    api.has(0, &["fn log(&mut self, msg: String) -> ();"])
        .lacks("async fn");
    project.commit();
    project.edit("wit/host.wit", "x: s32", "x: s64");
    project
        .wit(&["diff", "--world", "plugin"])
        .has(
            3,
            &["changed import function worldhost:plugin/host.compute"],
        )
        .lacks("To do in the host")
        .lacks("bindings");
    project.wit(&["verify"]).has(1, &["none was named"]);
}

#[test]
fn the_options_are_found_wherever_they_are() {
    let project = Project::copy();
    let text = project.read("src/bindings.rs");
    project.remove("src/bindings.rs");
    let other = text.replace("with:", "additional_derives: [PartialEq],\n    with:");
    let other = other.split_once("wasmtime::").unwrap().1;
    project.write(
        "src/host/wit.rs",
        &format!("mod generated {{\n    wasmtime::{other}\n}}\n"),
    );
    let said = project.wit(&["bindings", "--api"]);
    said.has(0, &["call_process"]);
    // The module is the one that the to-do list names.
    project.write(
        "wit/store.wit",
        "package worldhost:plugin@0.1.0;\ninterface store { n: func(); }",
    );
    project.edit(
        "wit/world.wit",
        "import host;",
        "import host;\n  import store;",
    );
    let diff = project.wit(&["diff", "wit/released/0.1.0.wit"]);
    diff.has(
        1,
        &["crate::host::wit::generated::worldhost::plugin::store::Host"],
    );
}

#[test]
fn what_bindgen_refuses_is_refused() {
    let project = Project::copy();
    project.edit(
        "src/bindings.rs",
        "\"wasi\":",
        "\"no:such/key\": a::b, \"wasi\":",
    );
    project
        .wit(&["bindings"])
        .has(2, &["bindgen! refuses world `plugin`", "no:such/key"]);
}

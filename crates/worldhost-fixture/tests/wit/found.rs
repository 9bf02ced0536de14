//! `worldhost wit` finds the `bindgen!`s of anybody's project, says of which it speaks,
//! and makes up none.

use crate::project::{Project, Said};
use assert_cmd::Command;

const KV: &str = "package demo:kv@0.1.0;

interface store { get: func(key: string) -> string; }
world guest { import store; export run: func(); }
world other { import store; }
";

/// A workspace of two packages, and a third that Cargo leaves out, with one text.
fn workspace() -> Project {
    let project = Project::empty();
    project
        .write(
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/out\"]\n",
        )
        .write("wit/kv.wit", KV)
        .write("crates/note.txt", "no package")
        .write("crates/world/Cargo.toml", &manifest("kv-world"))
        .write(
            "crates/world/src/lib.rs",
            "wasmtime::component::bindgen!({ path: \"../../wit\", world: \"guest\",
             imports: { default: trappable } });",
        )
        .write("crates/tool/Cargo.toml", &manifest("tool"))
        .write("crates/tool/src/main.rs", "fn main() {}")
        .write("crates/out/Cargo.toml", &manifest("out"))
        .write("crates/out/src/lib.rs", "bindgen!({ world: \"lost\" });");
    project.commit();
    project.edit("wit/kv.wit", "key: string", "key: string, n: u8");
    project
}

fn manifest(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")
}

/// `worldhost wit` in a directory of the project.
fn wit_in(project: &Project, dir: &str, args: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"));
    command.current_dir(project.path(dir)).arg("wit").args(args);
    Said::of(&command.output().unwrap())
}

/// A package with these files, and one line of Rust in the file with the `bindgen!`.
fn package(files: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    project.write("Cargo.toml", &manifest("host"));
    for (path, text) in files {
        project.write(path, text);
    }
    project.commit();
    project
}

/// What Cargo built, and caches: the code in them is not the project's.
#[test]
fn what_is_built_is_no_part_of_the_project() {
    let project = workspace();
    let other = "wasmtime::component::bindgen!({ inline: \"package a:b; world w {}\" });\n";
    for mark in [
        "target/debug/.fingerprint/x",
        "out/.rustc_info.json",
        "cache/CACHEDIR.TAG",
    ] {
        let dir = format!("crates/world/{mark}");
        let top = mark.split('/').next().unwrap();
        project.write(&dir, "");
        project.write(&format!("crates/world/{top}/debug/build/y.rs"), other);
    }
    let said = project.wit(&["diff"]);
    said.has(3, &["lib.rs:1 (world guest)"]).lacks("y.rs");
}

#[test]
fn from_anywhere_in_a_workspace() {
    let project = workspace();
    for dir in [
        ".",
        "wit",
        "crates",
        "crates/world/src",
        "crates/tool",
        "crates/tool/src",
    ] {
        let said = wit_in(&project, dir, &["diff"]);
        said.has(
            3,
            &[
                "lib.rs:1 (world guest)",
                "changed import function demo:kv/store.get",
                "+ fn get(&mut self, key: String, n: u8) -> wasmtime::Result<String>;",
            ],
        );
        said.lacks("src/bindings.rs").lacks("wasi").lacks("lost");
    }
    for args in [
        &["diff", "--bindings", "crates/world/src/lib.rs"][..],
        &["diff", "--bindings", "crates/world/src/lib.rs:1"],
        &["diff", "--world", "guest"],
        &["diff", "--wit", "wit"],
    ] {
        project.wit(args).has(3, &["wasmtime::Result<String>"]);
    }
    // Of a world that no bindgen! names, there is no host to speak of.
    let other = project.wit(&["diff", "--world", "other"]);
    other.has(3, &["no bindgen! reads it", "demo:kv/store.get"]);
    other.lacks("To do");
    project.wit(&["verify"]).has(0, &[]);
    project
        .wit(&["release"])
        .has(0, &["wit/released/0.1.0.wit"]);
    wit_in(&project, "crates/world", &["bindings", "--api"]).has(0, &["n: u8"]);
    project
        .wit(&["diff", "--bindings", "crates/tool/src/main.rs"])
        .has(2, &["crates/tool/src/main.rs: there is no bindgen!"]);
    project
        .wit(&["diff", "--bindings", "crates/none.rs"])
        .has(2, &["no such file or directory: crates/none.rs"]);
}

#[test]
fn several_are_done_one_after_the_other() {
    let project = workspace();
    project.write(
        "crates/tool/src/main.rs",
        "mod a { wasmtime::component::bindgen!({ path: \"../../wit\", world: \"other\" }); }\n\
         mod b { use wasmtime::component::bindgen as make;\n\
         make!({ inline: \"package x:y; world inline { export go: func(); }\" }); }\nfn main() {}",
    );
    project.git(&["add", "-A"]);
    project.git(&["stash", "-q"]);
    project.git(&["stash", "apply", "-q"]);
    let said = project.wit(&["diff"]);
    said.has(
        3,
        &[
            "crates/tool/src/main.rs:1 (world other)",
            "crates/tool/src/main.rs:3",
            "crates/world/src/lib.rs:1 (world guest)",
        ],
    );
    // The package around has its own.
    let mine = wit_in(&project, "crates/tool", &["diff"]);
    mine.has(3, &["src/main.rs:1 (world other)"])
        .lacks("world guest");
    let all = wit_in(&project, "crates/tool", &["diff", "--workspace"]);
    all.has(3, &["src/main.rs:1 (world other)", "(world guest)"]);
    let one = project.wit(&["diff", "--bindings", "crates/tool/src/main.rs:3"]);
    one.has(0, &["No change."]).lacks("world other");
    project.wit(&["bindings", "--api"]).has(
        0,
        &[
            "// bindgen! at crates/tool/src/main.rs:1",
            "// bindgen! at crates/world/src/lib.rs:1",
        ],
    );
}

/// Wherever it stands, and whatever the macro is called there.
#[test]
fn every_shape_is_found() {
    let found = |text: &str, path: &str| {
        let project = package(&[("wit/kv.wit", KV), (path, text)]);
        project.edit("wit/kv.wit", "key: string", "key: string, n: u8");
        let said = project.wit(&["diff"]);
        said.has(
            3,
            &["of    bindgen! at ", "(world guest)", "demo:kv/store.get"],
        );
        said
    };
    let options = "({ world: \"guest\" })";
    for text in [
        format!("wasmtime::component::bindgen!{options};"),
        format!("use wasmtime::component::bindgen;\nbindgen!{options};"),
        format!("use wasmtime::component::bindgen as generate;\ngenerate!{options};"),
        format!("use wasmtime as w;\nw::component::bindgen!{options};"),
        format!("use wasmtime::{{component as c, Store}};\nc::bindgen!{options};"),
        format!("extern crate wasmtime as w;\nmod m {{ w::component::bindgen!{options}; }}"),
        format!("use runtime::wasmtime::component;\ncomponent::bindgen!{options};"),
        format!("mod a {{ mod b {{ use wasmtime::component::*; bindgen!{options}; }} }}"),
        format!("fn f() {{ wasmtime::component::bindgen!{options}; }}"),
        format!(
            "struct S; impl S {{ fn f() {{ if true {{ wasmtime::component::bindgen!{options}; }} }} }}"
        ),
        format!("cfg_if! {{ if #[cfg(unix)] {{ wasmtime::component::bindgen!{options}; }} }}"),
        "wasmtime::component::bindgen!(\"guest\");".into(),
        "wasmtime::component::bindgen!(\"guest\" in \"wit\");".into(),
        "wasmtime::component::bindgen!{ {world: \"guest\", path: [\"wit\",]} }".into(),
        format!("#[cfg(test)] mod t {{ wasmtime::component::bindgen!{options}; }}"),
    ] {
        found(&text, "src/lib.rs");
    }
    let plain = format!("wasmtime::component::bindgen!{options};");
    for path in [
        "src/deep/er/wit.rs",
        "tests/host.rs",
        "examples/one/main.rs",
        "build.rs",
    ] {
        found(&plain, path);
    }
    // An alias that another file gives.
    let project = package(&[
        ("wit/kv.wit", KV),
        (
            "src/lib.rs",
            "pub use wasmtime::component::bindgen as made;\nmod host;",
        ),
        ("src/host.rs", "crate::made!({ world: \"guest\" });"),
        (
            "src/doc.rs",
            "/// `bindgen!({ world: \"doc\" })`\nstruct Doc; // bindgen!()",
        ),
    ]);
    project
        .wit(&["diff"])
        .has(0, &["bindgen! at src/host.rs:1 (world guest)"])
        .lacks("doc");
}

#[test]
fn the_module_is_the_one_that_mod_items_lead_to() {
    let project = package(&[
        ("wit/kv.wit", KV),
        ("src/lib.rs", "#[path = \"odd/place.rs\"]\nmod host;"),
        ("src/odd/place.rs", "pub mod wit { pub mod inner; }"),
        (
            "src/odd/wit/inner.rs",
            "wasmtime::component::bindgen!({ world: \"guest\" });",
        ),
    ]);
    project.edit(
        "wit/kv.wit",
        "world guest {",
        "interface more { f: func(); }\nworld guest { import more;",
    );
    project
        .wit(&["diff"])
        .has(1, &["crate::host::wit::inner::demo::kv::more::Host"]);
}

#[test]
fn what_a_macro_of_the_project_makes_is_said_to_be_unseen() {
    let project = package(&[
        ("wit/kv.wit", KV),
        (
            "src/lib.rs",
            "macro_rules! host { ($w:literal) => {\n wasmtime::component::bindgen!({ world: $w }); } }\nhost!(\"guest\");",
        ),
    ]);
    let said = project.wit(&["diff", "--world", "guest"]);
    said.has(
        0,
        &[
            "src/lib.rs: line 2: the bindgen! in macro_rules! host is made by that macro, and is not seen",
            "no bindgen! reads it",
        ],
    );
}

#[test]
fn inline_text_is_read_with_its_paths_at_every_time() {
    let text = "wasmtime::component::bindgen!({
    path: \"wit\",
    inline: r#\"
        package demo:host;
        world host { import demo:kv/store@0.1.0; export go: func(); }
    \"#,
});";
    let project = package(&[("wit/kv.wit", KV), ("src/lib.rs", text)]);
    project
        .wit(&["diff"])
        .has(0, &["src/lib.rs with wit at HEAD", "No change."]);
    // A change of the text in the Rust file is a change of the world.
    project.edit("src/lib.rs", "go: func()", "go: func(n: u8)");
    project
        .wit(&["diff"])
        .has(3, &["changed export function go"]);
    project.edit("src/lib.rs", "go: func(n: u8)", "go: func(n: u9)");
    project
        .wit(&["diff"])
        .has(2, &["--> src/lib.rs:5:69", "u9"]);
    project.git(&["checkout", "-q", "src"]);
    project.edit("wit/kv.wit", "key: string", "key: u32");
    project.wit(&["diff"]).has(3, &["demo:kv/store.get"]);
    project.wit(&["verify"]).has(0, &[]);
    project.wit(&["bindings", "--api"]).has(0, &["key: u32"]);
    project
        .wit(&["release"])
        .has(2, &["package demo:host has no version"]);
}

#[test]
fn interfaces_in_the_macro_are_read() {
    let text = "wasmtime::component::bindgen!({ interfaces: \"import demo:kv/store@0.1.0;\" });";
    let project = package(&[("wit/kv.wit", KV), ("src/lib.rs", text)]);
    project.edit("wit/kv.wit", "key: string", "key: u32");
    let said = project.wit(&["diff"]);
    said.has(3, &["demo:kv/store.get", "+ fn get(&mut self, key: u32)"]);
}

#[test]
fn a_file_and_several_paths() {
    let types = "package demo:types@0.1.0; interface types { record r { a: u8 } }";
    let main = "package demo:main@0.1.0; interface i { use demo:types/types@0.1.0.{r}; f: func() -> r; } \
                world w { import i; }";
    let project = package(&[
        ("shared/types.wit", types),
        ("wit/main.wit", main),
        (
            "src/lib.rs",
            "wasmtime::component::bindgen!({ path: [\"shared/types.wit\", \"wit\"], world: \"demo:main/w\" });",
        ),
    ]);
    project.edit("shared/types.wit", "a: u8", "a: u16");
    for args in [
        &["diff"][..],
        &["diff", "--wit", "wit"],
        &["diff", "--wit", "shared/types.wit"],
    ] {
        project
            .wit(args)
            .has(3, &["changed import record demo:types/types.r"]);
    }
    project.wit(&["verify"]).has(0, &[]);
    project.wit(&["bindings"]).has(0, &["pub a: u16"]);
    project
        .wit(&["release"])
        .has(0, &["wit/released/0.1.0.wit"]);
}

#[test]
fn a_bindgen_that_moved_its_text_is_read_from_where_it_was() {
    let project = package(&[
        ("old/kv.wit", KV),
        (
            "src/lib.rs",
            "wasmtime::component::bindgen!({ path: \"old\", world: \"guest\" });",
        ),
    ]);
    project.write("new/kv.wit", KV);
    project.remove("old");
    project.edit("src/lib.rs", "\"old\"", "\"new\"");
    project
        .wit(&["diff"])
        .has(0, &["of old at HEAD", "of new", "No change."]);
}

#[test]
fn without_any_the_text_stands_alone() {
    let project = package(&[("wit/kv.wit", KV), ("src/lib.rs", "")]);
    project.edit("wit/kv.wit", "key: string", "key: u32");
    let said = project.wit(&["diff", "--world", "guest"]);
    said.has(
        3,
        &[
            "of    wit (world guest): no bindgen! reads it",
            "changed import function",
        ],
    );
    said.lacks("To do").lacks("src/");
    project.wit(&["diff"]).has(2, &["the worlds guest, other"]);
    project.wit(&["verify", "--world", "guest"]).has(0, &[]);
    project
        .wit(&["bindings", "--world", "guest"])
        .has(0, &["fn get(&mut self"]);
}

#[test]
fn options_of_older_versions_are_named_with_what_they_are_now() {
    let project = package(&[
        ("wit/kv.wit", KV),
        (
            "src/lib.rs",
            "wasmtime::component::bindgen!({\n world: \"guest\",\n async: true,\n trappable_imports: [\"get\"],\n});",
        ),
    ]);
    for command in ["diff", "verify", "bindings"] {
        project.wit(&[command]).has(
            2,
            &[
                "src/lib.rs: line 3: `async: true` is now `imports: { default: async }",
                "`trappable_imports: [...]` is now a rule for each function",
            ],
        );
    }
}

#[test]
fn a_manifest_that_cannot_be_read_is_named() {
    let project = package(&[("wit/kv.wit", KV)]);
    project.write("Cargo.toml", "[package\n");
    project.wit(&["diff"]).has(2, &["Cargo.toml: line 1:"]);
}

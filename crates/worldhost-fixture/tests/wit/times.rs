//! What `worldhost wit diff` reads at a revision is what it reads now: encoded packages,
//! links, submodules, packages nested in a file.

use crate::project::Project;

const BINDINGS: &str = "wasmtime::component::bindgen!({ world: \"plug\" });";
const KV: &str = "package demo:kv@0.2.0;\ninterface store { get: func(key: string) -> u8; }\n";
const WORLD: &str = "package demo:plug@0.1.0;
world plug { import demo:kv/store@0.2.0; export run: func(); }\n";

fn with(files: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    project.write("Cargo.toml", "[package]\nname = \"host\"\n");
    project.write("src/lib.rs", BINDINGS);
    for (path, text) in files {
        project.write(path, text);
    }
    project
}

/// A package as `wkg fetch -t wasm` vendors it.
fn encoded(text: &str) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("a.wit", text).unwrap();
    wit_component::encode(&resolve, package).unwrap()
}

/// The world is the same, and a changed export is the one change.
#[track_caller]
fn same_and_changed(project: &Project) {
    project.wit(&["diff"]).has(0, &["No change."]);
    project.edit("wit/world.wit", "run: func()", "run: func() -> bool");
    let said = project.wit(&["diff"]);
    said.has(3, &["changed export function run"])
        .lacks("demo:kv");
    project.edit("wit/world.wit", "run: func() -> bool", "run: func()");
}

#[test]
fn encoded_packages() {
    for name in ["wit/deps/demo-kv.wasm", "wit/deps/kv.wat"] {
        let project = with(&[("wit/world.wit", WORLD)]);
        let binary = encoded(KV);
        let bytes = match name.ends_with("wat") {
            true => wit_component::decode(&binary)
                .map(|_| TEXT.as_bytes().to_vec())
                .unwrap(),
            false => binary,
        };
        std::fs::create_dir_all(project.path("wit/deps")).unwrap();
        std::fs::write(project.path(name), bytes).unwrap();
        project.commit();
        same_and_changed(&project);
        project
            .wit(&["bindings", "--api"])
            .has(0, &["pub mod store"]);
        // A change of the package is seen through its bytes.
        if name.ends_with("wasm") {
            std::fs::write(project.path(name), encoded(&KV.replace("u8", "u16"))).unwrap();
            project.wit(&["diff"]).has(3, &["demo:kv/store.get"]);
        }
    }
}

/// The same as text: an encoded package, printed.
const TEXT: &str = r#"(component
  (type (;0;) (component
    (type (;0;) (component
      (type (;0;) (instance
        (type (;0;) (func (param "key" string) (result u8)))
        (export (;0;) "get" (func (type 0)))))
      (export (;0;) "demo:kv/store@0.2.0" (instance (type 0)))))
    (export (;0;) "demo:kv/store@0.2.0" (component (type 0)))))
  (type (;1;) (component
    (type (;0;) (instance
      (type (;0;) (func (param "key" string) (result u8)))
      (export (;0;) "get" (func (type 0)))))
    (export (;0;) "demo:kv/store@0.2.0" (instance (type 0)))))
  (export (;2;) "store" (type 1)))"#;

#[test]
fn what_is_no_package_in_deps_is_named() {
    let project = with(&[
        ("wit/world.wit", WORLD),
        ("wit/deps/kv.wasm", "\0asm\x01\0\0\0"),
    ]);
    project.commit();
    project
        .wit(&["diff"])
        .has(2, &["wit/deps/kv.wasm holds no WIT: it is a core module"]);
    let lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    project.write("wit/deps/kv.wasm", lfs);
    project
        .wit(&["diff"])
        .has(2, &["pointer of Git LFS", "git lfs pull"]);
}

#[cfg(unix)]
#[test]
fn links() {
    use std::os::unix::fs::symlink;
    let project = with(&[("text/world.wit", WORLD), ("text/deps/kv/a.wit", KV)]);
    symlink("text", project.path("wit")).unwrap();
    project.commit();
    same_and_changed(&project);

    // A directory of deps, a file, and a chain.
    let project = with(&[("wit/world.wit", WORLD), ("vendor/kv/real.wit", KV)]);
    std::fs::create_dir_all(project.path("wit/deps")).unwrap();
    symlink("../vendor/kv", project.path("wit/kv-link")).unwrap();
    symlink("../kv-link", project.path("wit/deps/kv")).unwrap();
    project.commit();
    same_and_changed(&project);
    project.remove("wit/deps/kv");
    symlink("../../vendor/kv/real.wit", project.path("wit/deps/kv.wit")).unwrap();
    project.git(&["add", "-A"]);
    project.commit();
    same_and_changed(&project);

    // What is outside of the repository has no revision.
    let outside = with(&[("kv/a.wit", KV)]);
    project.remove("wit/deps/kv.wit");
    symlink(outside.path("kv"), project.path("wit/deps/kv")).unwrap();
    project.git(&["add", "-A"]);
    project.commit();
    same_and_changed(&project);

    // In a circle there is nothing.
    project.remove("wit/deps/kv");
    symlink("kv", project.path("wit/deps/kv")).unwrap();
    project.git(&["add", "-A"]);
    project.commit();
    project.wit(&["diff", "HEAD"]).has(2, &[]);
}

#[test]
fn submodules() {
    let package = Project::empty();
    package.write("kv.wit", KV);
    package.commit();
    let project = with(&[("wit/world.wit", WORLD)]);
    project.commit();
    let from = package.path(".").display().to_string();
    let add = [
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &from,
    ];
    project.git(&[&add[..], &["wit/deps/kv"]].concat());
    project.commit();
    same_and_changed(&project);
    // Another commit of it.
    project.edit("wit/deps/kv/kv.wit", "u8", "u16");
    project.wit(&["diff"]).has(3, &["demo:kv/store.get"]);
    let who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    project.git(&[&["-C", "wit/deps/kv"], &who[..], &["commit", "-qam", "u16"]].concat());
    project
        .wit(&["diff"])
        .has(3, &["- get: func(key: string) -> u8;"]);
    project.commit();
    project.wit(&["diff"]).has(0, &["No change."]);
    project
        .wit(&["diff", "HEAD~1"])
        .has(3, &["demo:kv/store.get"]);
    // Not checked out.
    project.git(&["submodule", "--quiet", "deinit", "-f", "--all"]);
    project.remove("wit/deps/kv");
    project.write("wit/deps/kv.wit", KV);
    project
        .wit(&["diff"])
        .has(2, &["git submodule update --init wit/deps/kv"]);
}

/// The text itself is a submodule: the revision is one of the project's repository.
#[test]
fn text_in_a_submodule() {
    let package = Project::empty();
    package.write(
        "world.wit",
        "package demo:plug@0.1.0;\nworld plug { export run: func(); }",
    );
    package.commit();
    let project = with(&[]);
    project.commit();
    let from = package.path(".").display().to_string();
    project.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &from,
        "wit",
    ]);
    project.commit();
    project.wit(&["diff"]).has(0, &["No change."]);
    project.edit("wit/world.wit", "func()", "func() -> u8");
    project
        .wit(&["diff"])
        .has(3, &["changed export function run"]);
}

#[test]
fn nested_packages_and_those_that_use_the_root() {
    let text = "package root:app@0.1.0;
interface base { type id = u64; }
package dep:api@1.0.0 { interface users { f: func(); } }
world plug { import dep:api/users@1.0.0; export run: func(); }\n";
    let project = with(&[("wit/world.wit", text)]);
    project.commit();
    same_and_changed(&project);

    let more = "package dep:more@1.0.0;
interface m { use root:app/base@0.1.0.{id}; g: func() -> id; }
world plug { import m; export run: func(); }\n";
    let project = with(&[("wit/base.wit", text), ("wit/deps/more.wit", more)]);
    project.edit("src/lib.rs", "\"plug\"", "\"dep:more/plug@1.0.0\"");
    project.commit();
    project.wit(&["diff"]).has(0, &["No change."]);
    project.edit("wit/base.wit", "id = u64", "id = u32");
    project
        .wit(&["diff"])
        .has(3, &["root:app/base.id", "dep:more/m.g"]);
}

#[test]
fn a_hook_s_own_variables_do_not_lead_astray() {
    let project = with(&[("wit/world.wit", WORLD), ("wit/deps/kv.wit", KV)]);
    project.commit();
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"));
    let command = command
        .current_dir(project.path("src"))
        .args(["wit", "diff"]);
    let command = command.env("GIT_DIR", ".git").env("GIT_INDEX_FILE", "none");
    let said = crate::project::Said::of(&command.output().unwrap());
    said.has(0, &["No change."]);
}

//! `worldhost wit diff`: every change is named, and the to-do list is what the host
//! has to do.

use crate::project::Project;

/// What the README walks through: `process` takes a record and gives a result,
/// and an interface with a resource comes in a new file.
#[test]
fn a_changed_project_is_told_everything() {
    let project = Project::committed();
    project.write("wit/store.wit", STORE);
    project.edit(
        "wit/world.wit",
        "import host;",
        "import host;\n  import store;\n  use store.{entry};",
    );
    project.edit(
        "wit/world.wit",
        "func(input: string) -> string",
        "func(input: entry) -> result<string, string>",
    );
    project.wit(&["diff"]).has(
        3,
        &[
            "changed export function process  [BREAKING]",
            "- process: func(input: string) -> string;",
            "+ process: func(input: entry) -> result<string, string>;",
            "added import interface worldhost:plugin/store@0.1.0  [compatible]",
            "Existing components will not load.",
            "worldhost:plugin is 0.1.0 and should be 0.2.0",
            "create src/imports/store.rs  (worldhost:plugin/store@0.1.0, wit/store.wit:3:11)",
            "use crate::bindings::worldhost::plugin::store::{Entry, Host, HostBucket, StoreError};",
            "pub struct Bucket {}",
            "impl HostBucket for State<Imports> {",
            "async fn new(&mut self, name: String) -> wasmtime::Result<Resource<Bucket>> {",
            "wasmtime::Result<Result<Entry, StoreError>>",
            "async fn drop(&mut self, rep: Resource<Bucket>) -> wasmtime::Result<()> {",
            "async fn names(&mut self) -> wasmtime::Result<Vec<String>> {",
            "+ pub mod store;",
            "store::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;",
            "\"worldhost:plugin/store.bucket\": crate::imports::store::Bucket,",
            "* Plugin::call_process has another type",
            "used at src/plugin.rs:",
        ],
    );
}

const STORE: &str = "package worldhost:plugin@0.1.0;

interface store {
  record entry { key: string, value: list<u8> }
  variant store-error { missing(string), full }
  resource bucket {
    constructor(name: string);
    get: func(key: string) -> result<entry, store-error>;
  }
  names: func() -> list<string>;
}
";

/// With the resource mapped, the option is of no use to the world before.
#[test]
fn a_mapped_resource_does_not_stand_in_the_way() {
    let project = Project::committed();
    project.write("wit/store.wit", STORE);
    project.edit(
        "wit/world.wit",
        "import host;",
        "import host;\n  import store;",
    );
    project.edit(
        "src/bindings.rs",
        "\"wasi\":",
        "\"worldhost:plugin/store.bucket\": crate::imports::store::Bucket, \"wasi\":",
    );
    let said = project.wit(&["diff"]);
    said.has(1, &["create src/imports/store.rs"])
        .lacks("pub struct Bucket");
    project.git(&["checkout", "-q", "wit"]);
    project.remove("wit/store.wit");
    project.wit(&["diff"]).has(
        1,
        &["- \"worldhost:plugin/store.bucket\": crate::imports::store::Bucket,  // of bindgen!: nothing in the world matches it"],
    );
}

#[test]
fn a_new_file_alone_changes_nothing_and_says_so() {
    let project = Project::committed();
    project.write("wit/store.wit", STORE);
    project.wit(&["diff"]).has(
        0,
        &[
            "No change.",
            "interface store (wit/store.wit:3:11) is in no world",
            "`import store;`",
        ],
    );
}

/// Two packages may have an interface of the same name.
#[test]
fn interfaces_of_one_name_have_files_of_their_own() {
    let project = Project::committed();
    let other = "package acme:tools@1.0.0;\ninterface host { beep: func(); }\n";
    project.write("wit/deps/acme-tools/package.wit", other);
    project.edit(
        "wit/world.wit",
        "import host;",
        "import host;\n  import acme:tools/host@1.0.0;",
    );
    project.wit(&["diff"]).has(
        1,
        &["create src/imports/tools_host.rs", "+ mod tools_host;"],
    );
}

#[test]
fn a_renamed_interface_is_one_change() {
    let project = Project::committed();
    project.edit("wit/host.wit", "interface host", "interface logger");
    project.edit("wit/world.wit", "import host;", "import logger;");
    project.wit(&["diff"]).has(
        3,
        &[
            "renamed import interface worldhost:plugin/host@0.1.0  [BREAKING]",
            "+ worldhost:plugin/logger@0.1.0",
            "components that use what is marked BREAKING will not load; the others will",
            "* move src/imports/host.rs to src/imports/logger.rs",
            "use crate::bindings::worldhost::plugin::logger::Host;",
            "- pub mod host;",
            "- crate::bindings::worldhost::plugin::host::add_to_linker::<_, HasSelf<_>>(linker, |state|",
            "+ pub mod logger;",
            "+ crate::bindings::worldhost::plugin::logger::add_to_linker::<_, HasSelf<_>>(linker, |state|",
        ],
    );
}

#[test]
fn a_renamed_world_is_found() {
    let project = Project::committed();
    project.edit("wit/world.wit", "world plugin", "world extension");
    project.wit(&["diff"]).has(
        1,
        &[
            "world plugin is now extension",
            "Existing components still load.",
            "- world: \"plugin\"",
            "+ world: \"extension\"",
            "* src/plugin.rs",
            "- use crate::bindings::{Plugin, PluginPre};",
            "+ use crate::bindings::{Extension, ExtensionPre};",
            "+ worldhost::guest!(Extension, ExtensionPre);",
        ],
    );
}

#[test]
fn a_removed_interface_leaves_the_host_something_to_remove() {
    let project = Project::committed();
    project.edit("wit/world.wit", "  import host;\n", "");
    project.wit(&["diff"]).has(
        3,
        &[
            "removed import interface worldhost:plugin/host@0.1.0  [BREAKING]",
            "* delete src/imports/host.rs",
            "remove from Host: async fn log(&mut self, msg: String) -> wasmtime::Result<()>;",
            "- pub mod host;",
            "- crate::bindings::worldhost::plugin::host::add_to_linker::<_, HasSelf<_>>(linker, |state|",
        ],
    );
}

#[test]
fn versions_are_held_to_semver() {
    let project = Project::committed();
    let bump = |version: &str| {
        project.git(&["checkout", "-q", "wit"]);
        for file in ["host", "world", "wasi-pins"] {
            let to = format!("plugin@{version};");
            project.edit(&format!("wit/{file}.wit"), "plugin@0.1.0;", &to);
        }
    };
    bump("0.1.1");
    project.wit(&["diff"]).has(
        1,
        &[
            "changed package worldhost:plugin  [compatible]",
            "takes any semver-compatible version",
        ],
    );
    bump("0.2.0");
    project.wit(&["diff"]).has(
        3,
        &[
            "changed package worldhost:plugin  [BREAKING]",
            "the two are not semver-compatible",
        ],
    );
    project.wit(&["diff", "--versioned"]).has(1, &[]);
    project.edit("wit/host.wit", "x: s32", "x: s64");
    project
        .wit(&["diff", "--versioned"])
        .has(1, &["worldhost:plugin is 0.2.0, as it should be"]);
    bump("0.1.1");
    project.edit("wit/host.wit", "x: s32", "x: s64");
    project
        .wit(&["diff", "--versioned"])
        .has(3, &["is 0.1.1 and should be 0.2.0"]);
}

#[test]
fn everything_can_be_compared_with() {
    let project = Project::committed();
    project.edit(
        "wit/host.wit",
        "log: func(msg: string);",
        "log: func(msg: string, level: u8);",
    );
    project.commit();
    project.git(&["tag", "second"]);
    let changed = "changed import function worldhost:plugin/host.log";
    project.wit(&["diff"]).has(0, &["No change."]);
    project.wit(&["diff", "second"]).has(0, &[]);
    project
        .wit(&["diff", "HEAD~1"])
        .has(3, &["wit at HEAD~1", changed]);
    let root = |path: &str| format!("{}/{path}", crate::project::ROOT);
    project.wit(&["diff", &root("wit")]).has(3, &[changed]);
    project
        .wit(&["diff", &root("wit/released/0.1.0.wit")])
        .has(3, &[changed]);
    project
        .wit(&[
            "diff",
            &format!(
                "{}/tests/guests/plugin-rust.wasm",
                crate::project::WORKSPACE
            ),
        ])
        .has(
            3,
            &[
                changed,
                "a component that calls it was compiled for the old type",
            ],
        );
    project
        .wit(&["diff", "no-such-revision"])
        .has(2, &["there is no such revision"]);
    project
        .wit(&["diff", "gone.wasm"])
        .has(2, &["no such file or directory: gone.wasm"]);
    project.write("core.wasm", "\0asm\x01\0\0\0");
    project
        .wit(&["diff", "core.wasm"])
        .has(2, &["it is a core module"]);
    // Two worlds, and nothing that says which.
    project.remove("src/bindings.rs");
    project.wit(&["diff"]).has(
        2,
        &["the worlds", "plugin", "wasi-pins", "name one with --world"],
    );
    project.wit(&["diff", "--world", "plugin"]).has(0, &[]);
    project
        .wit(&["diff", "--world", "pluign"])
        .has(2, &["no world `pluign`", "wasi-pins, plugin"]);
}

/// A component that was built against today's world loads, whatever it leaves
/// out of it and whichever WASI 0.2 it was built for.
#[test]
fn today_s_components_fit_today_s_world() {
    let project = Project::copy();
    let guest = format!(
        "{}/tests/guests/plugin-rust.wasm",
        crate::project::WORKSPACE
    );
    let said = project.wit(&["diff", &guest]);
    assert!(said.code < 3, "{}", said.out);
    said.has(said.code, &["Existing components still load"]);
}

#[test]
fn outside_of_git_it_says_so() {
    let project = Project::copy();
    let said = project.wit(&["diff"]);
    said.has(
        2,
        &["cannot read wit at git revision `HEAD`: not a git repository"],
    );
}

#[test]
fn line_ends_and_links_make_no_difference() {
    let project = Project::committed();
    for file in [
        "wit/host.wit",
        "wit/world.wit",
        "wit/deps/wasi-io-0.2.12/package.wit",
    ] {
        project.write(file, &project.read(file).replace('\n', "\r\n"));
    }
    project.wit(&["diff"]).has(0, &["No change."]);
    #[cfg(unix)]
    {
        std::fs::rename(project.path("wit"), project.path("text")).unwrap();
        std::os::unix::fs::symlink("text", project.path("wit")).unwrap();
        project.git(&["add", "-A"]);
        project.commit();
        project.wit(&["diff"]).has(0, &["No change."]);
        project.edit("wit/host.wit", "x: s32", "x: s64");
        project
            .wit(&["diff"])
            .has(3, &["worldhost:plugin/host.compute"]);
    }
}

#[test]
fn an_error_in_the_text_has_its_place() {
    let project = Project::committed();
    project.edit(
        "wit/host.wit",
        "log: func(msg: string);",
        "log: func(msg: sting);",
    );
    let place = "--> wit/host.wit:6:18";
    project.wit(&["diff"]).has(2, &["`sting`", place, "^----"]);
    project.edit(
        "wit/host.wit",
        "log: func(msg: sting);",
        "log func(msg: string);",
    );
    project
        .wit(&["bindings"])
        .has(2, &["expected ':'", "--> wit/host.wit:6:7", "^"]);
    // At the other side it has the revision.
    project.commit();
    project.git(&["checkout", "-q", "HEAD~1", "--", "wit"]);
    project
        .wit(&["diff"])
        .has(2, &["--> HEAD:wit/host.wit:6:7"]);
}

#[test]
fn missing_packages_are_named() {
    let project = Project::committed();
    project.remove("wit/deps/wasi-io-0.2.12");
    project.wit(&["diff"]).has(
        2,
        &["package 'wasi:io@0.2.12' not found", "worldhost wit verify"],
    );
    project.remove("wit");
    project.wit(&["diff"]).has(
        2,
        &[
            "no such file or directory: wit",
            "--wit names the directory",
        ],
    );
}

/// A breaking change needs a new version: the world is held against the last
/// release. `worldhost wit release` writes the next one.
#[test]
fn the_released_world_is_kept() {
    let project = Project::copy();
    let mut released: Vec<semver::Version> = std::fs::read_dir(project.path("wit/released"))
        .unwrap()
        .filter_map(|file| {
            let name = file.unwrap().file_name().into_string().unwrap();
            semver::Version::parse(name.strip_suffix(".wit")?).ok()
        })
        .collect();
    released.sort();
    let last = format!("wit/released/{}.wit", released.last().unwrap());
    let said = project.wit(&["diff", &last, "--versioned"]);
    assert!(
        said.code < 3,
        "the world differs from {last}, and its version does not say so:\n{}",
        said.out
    );
    // And a break is seen.
    project.edit("wit/host.wit", "x: s32", "x: s64");
    let said = project.wit(&["diff", &last, "--versioned"]);
    said.has(
        3,
        &["changed import function worldhost:plugin/host.compute  [BREAKING]"],
    );
}

#[test]
fn a_release_is_written_once() {
    let project = Project::copy();
    project
        .wit(&["release"])
        .has(0, &["wit/released/0.1.0.wit"]);
    project.edit("wit/host.wit", "x: s32", "x: s64");
    project.wit(&["release"]).has(
        2,
        &[
            "a released world does not change",
            "give the package a new version",
        ],
    );
    for file in ["host", "world", "wasi-pins"] {
        project.edit(&format!("wit/{file}.wit"), "plugin@0.1.0;", "plugin@0.2.0;");
    }
    project
        .wit(&["release"])
        .has(0, &["wit/released/0.2.0.wit"]);
    project
        .wit(&["diff", "wit/released/0.2.0.wit"])
        .has(0, &["No change."]);
    project.wit(&["diff", "wit/released/0.1.0.wit"]).has(3, &[]);
}

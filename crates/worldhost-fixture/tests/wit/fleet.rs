//! `worldhost wit fleet`: which of many components still load after a change.

use crate::project::{Project, Said, WORKSPACE};
use serde_json::Value;
use std::fs;

/// A project in git, with three components and other files in `plugins/`.
fn with_plugins() -> Project {
    let project = Project::committed();
    for (guest, at) in [
        ("plugin-rust.wasm", "plugins/a.wasm"),
        ("plugin-c.wasm", "plugins/more/b.wasm"),
        ("command.wasm", "plugins/tool.wasm"),
        ("command-c.wasm", "plugins/core.wasm"),
    ] {
        let to = project.path(at);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(format!("{WORKSPACE}/tests/guests/{guest}"), to).unwrap();
    }
    project.write("plugins/text.wasm", "no component");
    project.write("plugins/notes.txt", "not looked at");
    project
}

#[track_caller]
fn line<'a>(said: &'a Said, name: &str) -> &'a str {
    let mut lines = said.out.lines();
    let found = lines.find(|line| line.split_whitespace().next() == Some(name));
    found.unwrap_or_else(|| panic!("no line of {name} in\n{}", said.out))
}

#[test]
fn all_still_load() {
    let project = with_plugins();
    let said = project.wit(&["fleet", "plugins"]);
    said.has(
        0,
        &["HEAD  now", "2 of 4 fit now; none is broken by the change"],
    );
    for plugin in ["plugins/a.wasm", "plugins/more/b.wasm"] {
        assert!(line(&said, plugin).ends_with("fits  fits"), "{}", said.out);
    }
    // It is another kind of component, and was before.
    let tool = line(&said, "plugins/tool.wasm");
    assert!(
        tool.contains("-     -     export process: the component lacks it"),
        "{tool}"
    );
    assert!(
        line(&said, "plugins/text.wasm").contains("not WebAssembly"),
        "{}",
        said.out
    );
    said.lacks("notes.txt");
}

#[test]
fn what_breaks_is_said_with_why() {
    let project = with_plugins();
    project.edit("wit/host.wit", "log: func(", "log: func(level: u8, ");
    let said = project.wit(&["fleet", "plugins"]);
    said.has(3, &["2 are broken by the change"]);
    let a = line(&said, "plugins/a.wasm");
    assert!(
        a.contains("fits  -     import worldhost:plugin/host@0.1.0, log: another type"),
        "{a}"
    );

    let json = project.wit(&["fleet", "--json", "plugins/a.wasm"]);
    let row: Value = serde_json::from_str(&json.has(3, &[]).out).unwrap();
    assert_eq!(row["broken"], true);
    assert_eq!(row["worlds"][0]["at"], "HEAD");
    assert_eq!(row["worlds"][0]["fits"], true);
    assert_eq!(row["worlds"][1]["fits"], false);
    assert_eq!(row["worlds"][1]["misfits"][0]["item"], "log");
}

#[test]
fn several_worlds_that_were() {
    let project = with_plugins();
    project.edit("wit/host.wit", "log: func(", "log: func(level: u8, ");
    project.commit();
    let said = project.wit(&[
        "fleet",
        "--from",
        "HEAD~1",
        "--from",
        "HEAD",
        "plugins/a.wasm",
    ]);
    said.has(3, &["HEAD~1  HEAD  now"]);
    let a = line(&said, "plugins/a.wasm");
    assert!(
        a.contains("fits    -     -     import worldhost:plugin/host@0.1.0, log"),
        "{a}"
    );
    // Nothing changed since.
    project
        .wit(&["fleet", "plugins"])
        .has(0, &["none is broken"]);
}

#[test]
fn what_is_named_has_to_be_a_component() {
    let project = with_plugins();
    project
        .wit(&["fleet", "plugins/text.wasm"])
        .has(126, &["not WebAssembly"]);
    project
        .wit(&["fleet", "plugins/none.wasm"])
        .has(127, &["plugins/none.wasm"]);
    project.wit(&["fleet"]).has(2, &["<COMPONENT|DIR>"]);
}

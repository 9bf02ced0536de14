//! What docs and examples say of the command.

use crate::support::{root, worldhost};
use std::collections::BTreeSet;

fn options(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
    let options = words.filter(|word| word.starts_with("--") && !word.ends_with('-'));
    options.collect()
}

#[test]
fn docs_and_examples_name_options_that_are_there() {
    let help = worldhost().args(["serve", "--help"]).assert().success();
    let help = String::from_utf8(help.get_output().stdout.clone()).unwrap();
    let there = options(&help);
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let docs = read("docs/serve.md");
    let mut told = options(&docs);
    let manifest = read("examples/deploy/kubernetes.yaml");
    // Those of other programs are beside them there.
    let file = read("examples/deploy/Containerfile");
    let started = file.lines().filter(|line| line.starts_with("CMD "));
    let started: String = started.collect();
    told.extend(options(&manifest));
    told.extend(options(&started));
    assert!(told.len() > 20, "{told:?}");
    let unknown: Vec<_> = told.difference(&there).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    // And the docs leave none of its own out.
    let help = worldhost().args(["run", "--help"]).assert().success();
    let help = String::from_utf8(help.get_output().stdout.clone()).unwrap();
    for option in there.difference(&options(&help)) {
        let own = [
            "-addr",
            "-timeout",
            "-size",
            "-count",
            "-requests",
            "-connections",
            "log",
        ];
        if own.iter().any(|word| option.contains(word)) {
            assert!(docs.contains(option), "docs/serve.md has no {option}");
        }
    }
}

/// What KEDA runs is a command line of `work`.
#[test]
fn the_manifest_of_workers_names_options_that_are_there() {
    let manifest = std::fs::read_to_string(root().join("examples/deploy/workers.yaml")).unwrap();
    let arguments = manifest
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- --"));
    let arguments: Vec<String> = arguments.map(|argument| format!("--{argument}")).collect();
    assert!(arguments.len() > 10, "{arguments:?}");
    let mut command = worldhost();
    command
        .arg("work")
        .args(&arguments)
        .args(["--show-limits", "app.wasm"]);
    let shown = command.assert().success();
    let shown = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
    let limit = |name: &str| {
        let line = shown
            .lines()
            .find(|line| line.starts_with(&format!("{name} ")));
        line.unwrap().split_whitespace().nth(1).unwrap().to_string()
    };
    assert_eq!(
        (limit("max-memory"), limit("timeout")),
        ("16MiB".into(), "10s".into())
    );
}

//! `worldhost inspect`.

use crate::support::need::on_demand;
use crate::support::{guest, one_line, worldhost};
use predicates::str::contains;
use serde_json::Value;
use wit_parser::Resolve;

fn inspect(args: &[&str], component: &std::path::Path) -> String {
    let output = worldhost()
        .arg("inspect")
        .args(args)
        .arg(component)
        .assert()
        .success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

#[test]
fn the_world_is_printed_as_wit_that_can_be_read_again() {
    for name in [
        "plugin-rust",
        "command",
        "command-p3",
        "all-types",
        "all-types-self",
    ] {
        let wit = inspect(&["--wit"], &guest(name));
        let mut resolve = Resolve::default();
        let package = resolve
            .push_source("printed.wit", &wit)
            .unwrap_or_else(|error| panic!("{name}: {error:#}\n{wit}"));
        resolve.select_world(&[package], Some("root")).unwrap();
    }
    let wit = inspect(&["--wit"], &guest("plugin-rust"));
    assert!(wit.contains("export process: func(input: string) -> string;"));
}

#[test]
fn size_toolchain_wasi_and_functions_are_shown() {
    let path = guest("plugin-rust");
    let size = std::fs::metadata(&path).unwrap().len();
    let text = inspect(&[], &path);
    assert!(text.contains(&format!("({size} bytes)")), "{text}");
    assert!(text.contains("WASI       0.2.12"), "{text}");
    assert!(text.contains("Rust") && text.contains("rustc 1."), "{text}");
    assert!(
        text.contains("exports    process: func(input: string) -> string"),
        "{text}"
    );
}

#[test]
fn all_of_it_is_there_for_machines() {
    let found: Value = serde_json::from_str(&inspect(&["--json"], &guest("command-p3"))).unwrap();
    assert_eq!(found["wasi"], serde_json::json!(["0.3.0"]));
    assert_eq!(found["exports"], serde_json::json!(["wasi:cli/run@0.3.0"]));
    let function = &found["functions"][0];
    assert_eq!(function["interface"], "wasi:cli/run@0.3.0");
    assert_eq!(function["name"], "run");
    assert_eq!(function["signature"], "async func() -> result");
    let mut tools = found["producers"].as_array().unwrap().iter();
    assert!(tools.any(|tool| tool["role"] == "processed-by" && tool["name"] == "wit-component"));
}

#[track_caller]
fn tells_its_name(name: &str, tool: &str) {
    let text = inspect(&[], &on_demand(name));
    assert!(text.contains(tool), "{name}: {}", &text[..400]);
}

mod needs_python {
    #[test]
    #[ignore = "needs plugin-python: run scripts/build-guests.sh python"]
    fn python_tells_its_name() {
        super::tells_its_name("plugin-python", "component-init-transform");
    }
}

mod needs_javascript {
    #[test]
    #[ignore = "needs plugin-javascript: run scripts/build-guests.sh javascript"]
    fn javascript_tells_its_name() {
        super::tells_its_name("plugin-javascript", "wit-component");
    }
}

mod needs_go {
    #[test]
    #[ignore = "needs command-go: run scripts/build-guests.sh go"]
    fn go_tells_its_name() {
        super::tells_its_name("command-go", "Go");
    }
}

#[test]
fn a_file_that_is_no_component_is_told_what_it_is() {
    let failed = worldhost()
        .args(["inspect", "Cargo.toml"])
        .assert()
        .code(126);
    assert!(one_line(&failed.get_output().stderr).contains("is plain text"));
    worldhost()
        .args(["inspect", "none.wasm"])
        .assert()
        .code(127)
        .stderr(contains("no such file"));
}

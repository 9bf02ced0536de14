//! `worldhost check`, and the report of `run`, `process` and `call` when linking
//! fails.

use crate::support::need::on_demand;
use crate::support::{Scratch, dummy, guest, one_line, worldhost};
use predicates::str::contains;
use serde_json::Value;
use std::path::Path;

/// The world of these tests, read from its directory.
const WORLD: &str = "crates/worldhost-fixture/wit#plugin";

/// Five misfits of five kinds.
const FIVE: &str = "
    package test:guest;
    world plugin {
      import acme:db/store@1.0.0;
      import worldhost:plugin/host@0.1.0;
      import wasi:clocks/monotonic-clock@0.4.0;
      export run: func();
    }
    package acme:db@1.0.0 { interface store { get: func(key: string) -> option<string>; } }
    package worldhost:plugin@0.1.0 {
      interface host {
        logs: func(msg: string);
        compute: func(x: string) -> result<s32, string>;
      }
    }
    package wasi:clocks@0.4.0 { interface monotonic-clock { now: func() -> u64; } }";

fn check(args: &[&str], components: &[&Path]) -> assert_cmd::assert::Assert {
    worldhost()
        .arg("check")
        .args(args)
        .args(components)
        .assert()
}

fn json(args: &[&str], components: &[&Path]) -> Vec<Value> {
    let output = check(&[&["--json"], args].concat(), components);
    let stdout = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let lines = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

#[test]
fn five_misfits_are_all_in_one_report_each_with_its_remedy() {
    let scratch = Scratch::new();
    let five = scratch.file("five.wasm", dummy(FIVE));
    check(&[], &[&five])
        .code(126)
        .stderr("")
        .stdout(contains(
            "does not fit worldhost:plugin/plugin@0.1.0: 5 misfits",
        ))
        .stdout(contains(
            "  import acme:db/store@1.0.0: nothing provides it\n    \
             remedy:    this host does not offer it: build the component without it, \
             or add the interface to wit/ and src/imports/\n",
        ))
        .stdout(contains(
            "  import worldhost:plugin/host@0.1.0, logs: nothing provides it\n    \
             component: func(msg: string)\n    \
             remedy:    build the component against wit/host.wit:4:11, or change that \
             (did you mean log?)\n",
        ))
        .stdout(contains(
            "  import worldhost:plugin/host@0.1.0, compute: another type: \
             parameter `x`: string is not s32\n    \
             component: func(x: string) -> result<s32, string>\n    \
             host:      func(x: s32) -> result<s32, string>\n    \
             remedy:    build the component against wit/host.wit:9:3, or change that\n",
        ))
        .stdout(contains(
            "  import wasi:clocks/monotonic-clock@0.4.0: it wants 0.4.0; \
             provided is 0.2.12 and 0.3.0\n    \
             remedy:    build the component against WASI 0.3.0\n",
        ))
        .stdout(contains(
            "  export process: the component lacks it\n    \
             host:      func(input: string) -> string\n    \
             remedy:    build the component against wit/world.wit:",
        ));
}

#[test]
fn the_report_for_machines_has_the_same() {
    let scratch = Scratch::new();
    let five = scratch.file("five.wasm", dummy(FIVE));
    let reports = json(&[], &[&five, &guest("command")]);
    assert_eq!(reports.len(), 2);
    let misfits = reports[0]["misfits"].as_array().unwrap();
    let kinds: Vec<_> = misfits
        .iter()
        .map(|misfit| {
            let text = |key: &str| misfit[key].as_str().unwrap_or("-").to_string();
            let remedy = misfit["remedy"]["kind"].as_str().unwrap();
            format!(
                "{} {} {} {remedy}",
                text("side"),
                text("problem"),
                text("item")
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "import missing - not-offered",
            "import missing logs wit",
            "import type compute wit",
            "import version - build",
            "export missing process wit",
        ]
    );
    assert_eq!(reports[1]["fits"], true);
    assert_eq!(reports[1]["world"], "wasi:cli/command@0.2.12");
    let needs = reports[1]["needs"].as_array().unwrap().iter();
    let needs: Vec<_> = needs
        .map(|need| need["capability"].as_str().unwrap())
        .collect();
    assert_eq!(needs, ["files", "environment", "stdin", "clocks", "random"]);
}

#[test]
fn what_a_component_may_ask_for_comes_with_its_grant() {
    check(&[], &[&guest("connect")])
        .success()
        .stdout(contains("fits wasi:cli/command@0.2.12"))
        .stdout(contains(
            "--dir or --dir-ro HOST[::GUEST] (wasi:filesystem@0.2.12)",
        ))
        .stdout(contains(
            "--allow-net HOST:PORT, or --inherit-network (wasi:sockets@0.2.12)",
        ))
        .stdout(contains("--env NAME[=VALUE]"));
}

#[test]
fn several_components_have_a_line_each_and_the_worst_decides() {
    let scratch = Scratch::new();
    let five = scratch.file("five.wasm", dummy(FIVE));
    let (plugin, none) = (guest("plugin-c"), scratch.path().join("none.wasm"));
    let both = check(&[], &[&plugin, &five]).code(126);
    let stdout = String::from_utf8(both.get_output().stdout.clone()).unwrap();
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{stdout}");
    assert!(lines[0].ends_with("fits worldhost:plugin/plugin@0.1.0"));
    assert!(
        lines[1].ends_with("import acme:db/store@1.0.0: nothing provides it, and 4 more"),
        "{stdout}"
    );
    check(&[], &[&plugin, &none, &five])
        .code(127)
        .stdout(contains("none.wasm: not found"));
    let text = scratch.file("text.wasm", "(module)");
    let report = &json(&[], &[&text])[0];
    assert_eq!(report["fits"], false);
    assert!(
        report["error"]
            .as_str()
            .unwrap()
            .contains("is WebAssembly text")
    );
}

#[test]
fn a_newer_version_of_a_provided_interface_names_what_is_new() {
    let scratch = Scratch::new();
    let wit = "
        package test:guest;
        world plugin {
          import wasi:random/random@0.2.99;
          export process: func(input: string) -> string;
        }
        package wasi:random@0.2.99 {
          interface random { get-random-u64: func() -> u64; get-random-u8: func() -> u8; }
        }";
    let newer = scratch.file("newer.wasm", dummy(wit));
    check(&[], &[&newer])
        .code(126)
        .stdout(contains(": 1 misfit\n"))
        .stdout(contains(
            "random@0.2.99, get-random-u8: nothing provides it",
        ))
        .stdout(contains(
            "wasi:random/random@0.2.12, which is provided, has no such function",
        ))
        .stdout(contains("build the component against WASI 0.2.12"));
}

#[test]
fn a_missing_resource_is_reported_once_and_not_with_all_that_uses_it() {
    let scratch = Scratch::new();
    let wit = "
        package test:guest;
        world plugin {
          import wasi:io/poll@0.2.12;
          export process: func(input: string) -> string;
        }
        package wasi:io@0.2.12 {
          interface poll {
            resource poll-table { wait: func(); }
            poll: func(in: list<borrow<poll-table>>) -> list<u32>;
          }
        }";
    let missing = scratch.file("missing.wasm", dummy(wit));
    let report = &json(&[], &[&missing])[0];
    let misfits = report["misfits"].as_array().unwrap();
    assert_eq!(misfits.len(), 1, "{report:#}");
    assert_eq!(misfits[0]["item"], "poll-table");
}

#[test]
fn a_world_can_be_named_or_read_from_a_directory() {
    let plugin = guest("plugin-rust");
    check(&["--world", "wasi:cli/command"], &[&plugin])
        .code(126)
        .stdout(contains(
            "export wasi:cli/run@0.2.12: the component lacks it",
        ));
    check(
        &["--world", "wasi:cli/command@0.3.0"],
        &[&guest("command-p3")],
    )
    .success();
    check(&["--world", "wasi:cli/command@0.3.0"], &[&guest("command")])
        .code(126)
        .stdout(contains("the component has 0.2.12; wanted is 0.3.0"));
    check(&["--world", WORLD], &[&plugin]).success();
    check(&["--world", WORLD], &[&guest("all-types")])
        .code(126)
        .stdout(contains(
            "import test:all-types/echo@1.0.0: nothing provides it",
        ));
    let none = check(&["--world", "plugins"], &[&plugin]).code(2);
    let line = one_line(&none.get_output().stderr);
    assert!(
        line.contains("no world plugins") && line.contains("there are plugin,"),
        "{line}"
    );
}

#[test]
fn the_report_comes_with_every_failure_to_link() {
    let scratch = Scratch::new();
    let five = scratch.file("five.wasm", dummy(FIVE));
    for command in [&["run"][..], &["process"], &["call"]] {
        let mut failed = worldhost();
        failed.args(command).arg(&five);
        if command == ["call"] {
            failed.arg("run()");
        }
        let failed = failed.assert().code(126).stdout("");
        let stderr = &failed.get_output().stderr;
        let line = one_line(stderr);
        assert!(line.contains("five.wasm cannot be linked: nothing provides acme:db/store"));
        let stderr = String::from_utf8_lossy(stderr);
        let misfits: Vec<&str> = stderr
            .lines()
            .filter(|l| l.starts_with("  import "))
            .collect();
        assert_eq!(misfits.len(), 4, "{stderr}");
        assert!(
            misfits[2].contains("func(x: s32) -> result<s32, string>"),
            "{stderr}"
        );
    }
}

#[test]
fn the_report_comes_when_the_export_has_another_type() {
    let scratch = Scratch::new();
    let wit = "package test:guest; world plugin { export process: func(input: u8) -> string; }";
    let other = scratch.file("other.wasm", dummy(wit));
    worldhost()
        .args(["process"])
        .args([&other])
        .arg("x")
        .assert()
        .code(126)
        .stderr(contains(
            "  export process: another type: parameter `input`: u8 is not string",
        ));
}

#[test]
fn a_pipe_and_no_color_have_no_colour() {
    let output = check(&[], &[&guest("plugin-c")]);
    assert!(!output.get_output().stdout.contains(&0x1b));
    let coloured = worldhost()
        .args(["check", "tests/guests/plugin-c.wasm"])
        .env("CLICOLOR_FORCE", "1")
        .assert();
    assert!(coloured.get_output().stdout.contains(&0x1b));
    let plain = worldhost()
        .args(["check", "tests/guests/plugin-c.wasm"])
        .env("NO_COLOR", "1")
        .assert();
    assert!(!plain.get_output().stdout.contains(&0x1b));
}

#[track_caller]
fn fit(names: &[&str]) {
    for name in names {
        check(&[], &[&on_demand(name)]).success();
    }
}

mod needs_python {
    #[test]
    #[ignore = "needs the Python guests: run scripts/build-guests.sh python"]
    fn components_of_python_fit() {
        super::fit(&["command-python", "command-python-p3", "plugin-python"]);
    }
}

mod needs_javascript {
    #[test]
    #[ignore = "needs the JavaScript guests: run scripts/build-guests.sh javascript"]
    fn components_of_javascript_fit() {
        super::fit(&["command-javascript", "plugin-javascript"]);
    }
}

mod needs_go {
    #[test]
    #[ignore = "needs command-go: run scripts/build-guests.sh go"]
    fn components_of_go_fit() {
        super::fit(&["command-go"]);
    }
}

#[test]
fn imports_that_no_wit_has_are_misfits_too() {
    let scratch = Scratch::new();
    for import in [
        r#"(core module)"#,
        r#"(component (export "f" (func)))"#,
        r#"(func (param "x" u32))"#,
        r#"(instance (export "f" (func)))"#,
    ] {
        let text = format!(r#"(component (import "odd" {import}))"#);
        let odd = scratch.file("odd.wasm", wat::parse_str(text).unwrap());
        check(&[], &[&odd])
            .code(126)
            .stdout(contains("import odd: nothing provides it"));
        // Wasmtime does not even compile the second.
        let run = worldhost().arg("run").arg(&odd).assert().code(126);
        if !import.starts_with("(component") {
            run.stderr(contains("  import odd: nothing provides it"));
        }
    }
}

//! Whether everything fits is told before anything starts.

use crate::place::Place;
use crate::support::Scratch;

const ALL: &str = r#"
[component.shop]
source = "web.wasm"
run = "serve"
addr = "127.0.0.1:0"

[component.worker]
source = "plugin-rust.wasm"
run = "work"
stream = "JOBS"
consumer = "worker"

[component.job]
source = "plugin-rust.wasm"
run = "process"
args = ["hello"]

[component.tool]
source = "command.wasm"
run = "run"
"#;

#[test]
fn what_fits_is_told_and_nothing_is_started() {
    let ended = Place::new(ALL).ends(&["--check"]);
    let expected =
        "shop: fits, to serve\nworker: fits, to work\njob: fits, to process\ntool: fits, to run\n";
    assert_eq!(
        (ended.stdout().as_str(), ended.code()),
        (expected, 0),
        "{}",
        ended.stderr()
    );
    let ended = Place::new(ALL).ends(&["--check", "--only", "job"]);
    assert_eq!(ended.stdout(), "job: fits, to process\n");
}

/// A manifest with one thing in it that is not right, and what is said of it.
fn misfits() -> Vec<(String, i32, &'static str)> {
    let with = |from: &str, to: &str| {
        assert!(ALL.contains(from));
        ALL.replacen(from, to, 1)
    };
    let digest = format!("digest = \"sha256:{}\"\nrun = \"run\"", "0".repeat(64));
    vec![
        (with("web.wasm", "command.wasm"), 126, "shop: command.wasm"),
        (
            with("web.wasm", "nowhere.wasm"),
            127,
            "shop: no such file: nowhere.wasm",
        ),
        (
            with("plugin-rust.wasm", "web.wasm"),
            126,
            "worker: web.wasm",
        ),
        (
            with(
                "source = \"plugin-rust.wasm\"\nrun = \"process\"",
                "source = \"web.wasm\"\nrun = \"process\"",
            ),
            126,
            "job: web.wasm",
        ),
        (with("command.wasm", "web.wasm"), 126, "tool: web.wasm"),
        (
            with("run = \"run\"", &digest),
            126,
            "tool: command.wasm is sha256:",
        ),
        (
            with("run = \"run\"", "dir = \"nowhere\"\nrun = \"run\""),
            2,
            "tool: cannot",
        ),
        (
            with("run = \"run\"", "stdin = \"nowhere\"\nrun = \"run\""),
            125,
            "tool: cannot read nowhere",
        ),
        (
            with("run = \"run\"", "max-component-size = 10\nrun = \"run\""),
            126,
            "tool: command.wasm",
        ),
        (
            with("args = [\"hello\"]", "args = [\"hello\"]\njobs = 4"),
            2,
            "job: --jobs needs --fresh",
        ),
    ]
}

#[test]
fn one_that_does_not_fit_is_told_and_the_others_are_not_started_without_it() {
    for (manifest, code, words) in misfits() {
        let place = Place::new(&manifest);
        let checked = place.ends(&["--check"]);
        let lines = checked.stdout();
        assert_eq!(checked.code(), code, "{lines}{}", checked.stderr());
        assert_eq!(lines.lines().count(), 4, "{lines}");
        assert_eq!(lines.matches(": fits, to ").count(), 3, "{lines}");
        assert!(lines.contains(words), "{words}: {lines}");
        let refused = place.ends(&[]);
        assert_eq!((refused.code(), refused.stdout().as_str()), (code, ""));
        assert!(refused.stderr().contains(words), "{}", refused.stderr());
        assert_eq!(refused.stderr().lines().count(), 1, "{}", refused.stderr());
    }
}

#[test]
fn a_pinned_component_runs_as_it_was_pinned_and_no_other() {
    let dir = Scratch::new();
    let bytes = std::fs::read(crate::support::guest("command")).unwrap();
    let file = dir.file("tool.wasm", &bytes);
    let digest = {
        use sha2::{Digest, Sha256};
        let hex: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("sha256:{hex}")
    };
    let run = |digest: &str| {
        let mut command = crate::support::command();
        command.args(["run", "--digest", digest]).arg(&file);
        command.output().unwrap()
    };
    // In the cache or not.
    for _ in 0..2 {
        let output = run(&digest);
        assert_eq!(
            (output.status.code(), &*output.stdout),
            (Some(0), &b"hello from a command\n"[..])
        );
        let other = format!("sha256:{}", "ab".repeat(32));
        let refused = run(&other);
        let said = crate::support::one_line(&refused.stderr);
        assert_eq!(
            (refused.status.code(), &*refused.stdout),
            (Some(126), &b""[..]),
            "{said}"
        );
        assert!(
            said.contains(&format!("is {digest}, and is pinned to {other}")),
            "{said}"
        );
        assert!(said.contains("--digest"), "{said}");
        let mut listed = crate::support::command();
        listed
            .args(["call", "--list", "--digest", &other])
            .arg(&file);
        let listed = listed.output().unwrap();
        assert_eq!(
            (listed.status.code(), &*listed.stdout),
            (Some(126), &b""[..])
        );
    }
}

#[test]
fn the_manifest_of_the_examples_fits() {
    let mut command = crate::support::command();
    let output = command
        .args(["up", "--check", "examples/deploy/worldhost.toml"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "web: fits, to serve\nnumbers: fits, to process\n");
}

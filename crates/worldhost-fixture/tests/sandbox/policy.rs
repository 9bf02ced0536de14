//! A policy in a file: what it grants and limits, where each is said to come from, and what
//! is wrong with one, by its place.

use crate::support::{Scratch, guest, one_line, worldhost};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The names of all limits, and what each bounds.
fn limits() -> impl Iterator<Item = (&'static str, &'static str)> {
    let run = worldhost::Limit::ALL.iter();
    let load = worldhost::LoadLimit::ALL.iter();
    let run = run.map(|limit| (limit.name(), limit.bounds()));
    run.chain(load.map(|limit| (limit.name(), limit.bounds())))
}

/// A directory with a policy, and a directory `data` to be granted.
struct Place(Scratch);

impl Place {
    fn new(policy: &str) -> Self {
        let place = Place(Scratch::new());
        std::fs::create_dir(place.0.path().join("data")).unwrap();
        std::fs::write(place.0.path().join("data/file"), "what is in it").unwrap();
        place.0.file("p.toml", policy);
        place
    }

    fn policy(&self) -> PathBuf {
        self.0.path().join("p.toml")
    }

    fn run(&self, options: &[&str], words: &[&str]) -> assert_cmd::assert::Assert {
        let mut command = worldhost();
        command
            .args(["run", "--policy"])
            .arg(self.policy())
            .args(options);
        command.arg(guest("command")).args(words).assert()
    }

    /// The line of an error of usage, without the directory's name.
    #[track_caller]
    fn wrong(&self, options: &[&str]) -> String {
        let failed = self.run(options, &["args"]).code(2).stdout("");
        let line = one_line(&failed.get_output().stderr);
        line.replace(&format!("{}/", self.0.path().display()), "")
    }

    /// What is shown: name, value and place, of those that are not the default.
    fn shown(&self, show: &str, options: &[&str]) -> Vec<[String; 3]> {
        let show = format!("{show}=json");
        let shown = self.run(&[&[&show[..]][..], options].concat(), &[]);
        let rows: Value = serde_json::from_slice(&shown.success().get_output().stdout).unwrap();
        let dir = format!("{}/", self.0.path().display());
        let rows = rows.as_array().unwrap().iter().map(|row| {
            ["name", "value", "from"].map(|key| row[key].as_str().unwrap().replace(&dir, ""))
        });
        rows.filter(|[.., from]| from != "default").collect()
    }
}

fn strings(rows: &[[&str; 3]]) -> Vec<[String; 3]> {
    rows.iter().map(|row| row.map(String::from)).collect()
}

#[test]
fn what_a_policy_grants_is_there_and_relative_to_it() {
    let place = Place::new("dir-ro = [\"data::/in\"]\nenv = \"NAME=of the policy\"\n");
    place
        .run(&[], &["cat", "/in/file"])
        .success()
        .stdout("what is in it");
    place
        .run(&[], &["env", "NAME"])
        .success()
        .stdout("of the policy\n");
    // Read only.
    place.run(&[], &["write", "/in/new", "x"]).code(1);
    // A flag sets it anew.
    place
        .run(&["--env", "NAME=of the flag"], &["env", "NAME"])
        .success()
        .stdout("of the flag\n");
}

#[test]
fn a_flag_narrows_what_a_policy_grants() {
    let place = Place::new("dir = [\"data::/in\"]\nenv = [\"NAME=x\", \"OTHER=y\"]\n");
    place.run(&[], &["cat", "/in/file"]).success();
    for revoked in ["dir", "dir=data", "dir=data::/in"] {
        place
            .run(&["--revoke", revoked], &["cat", "/in/file"])
            .code(1);
    }
    place
        .run(&["--revoke", "env=NAME"], &["env", "NAME"])
        .code(1);
    place
        .run(&["--revoke", "env=NAME"], &["env", "OTHER"])
        .success();
    place.run(&["--revoke", "env"], &["env", "OTHER"]).code(1);
    // Instead, to read only.
    let dir = place.0.path().join("data");
    let read_only = format!("{}::/in", dir.display());
    let options = ["--revoke", "dir", "--dir-ro", &read_only];
    place.run(&options, &["cat", "/in/file"]).success();
    place.run(&options, &["write", "/in/new", "x"]).code(1);
    assert!(!dir.join("new").exists());
    let line = place.wrong(&["--revoke", "dir=other"]);
    assert!(
        line.contains("--revoke dir=other") && line.contains("--show-grants"),
        "{line}"
    );
}

#[test]
fn its_limits_hold_and_a_flag_stands_over_them() {
    let place = Place::new("max-memory = \"16MiB\"\ntimeout = \"30s\"\n");
    let failed = place.run(&[], &["alloc", "64"]).code(134);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.contains("16777216 bytes") && line.ends_with("--max-memory"),
        "{line}"
    );
    place
        .run(&["--max-memory", "128MiB"], &["alloc", "64"])
        .success();
}

/// What bounds a component before it runs can be in a policy, too, of whoever runs it.
#[test]
fn its_limits_of_loading_hold_and_a_flag_stands_over_them() {
    let ways: &[(&[&str], &[&str])] = &[
        (&["run"], &["args"]),
        (&["call", "--list"], &[]),
        (&["process"], &["x"]),
        (&["process", "--fresh"], &["x"]),
        (&["serve", "--addr", "127.0.0.1:0"], &[]),
    ];
    for (policy, told, option) in [
        ("max-component-size = \"1KiB\"", "1024 bytes", "size"),
        ("max-component-functions = 5", "5 functions", "functions"),
    ] {
        let place = Place::new(policy);
        for (command, words) in ways {
            let mut run = worldhost();
            run.args(*command).arg("--no-cache").arg("--policy");
            run.arg(place.policy()).arg(guest("command")).args(*words);
            let failed = run.assert().code(126);
            let line = one_line(&failed.get_output().stderr);
            let advice = format!("allow more with --max-component-{option}");
            assert!(
                line.contains(told) && line.ends_with(&advice),
                "{command:?}: {line}"
            );
        }
        let more = format!("--max-component-{option}=1000000000");
        place.run(&[&more], &["args"]).success();
    }
    let place = Place::new("max-compile-time = \"1ms\"");
    let anew = ["--no-cache", "--compiler", "cranelift"];
    let failed = place.run(&anew, &["args"]).code(126);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.contains("longer than 1ms") && line.ends_with("--max-compile-time"),
        "{line}"
    );
    let anew = [&anew[..], &["--max-compile-time=2m"]].concat();
    place.run(&anew, &["args"]).success();
}

#[test]
fn each_grant_and_limit_is_shown_with_its_place() {
    let place = Place::new(
        "# Who may do what.\ndir = [\n  \"data::/in\",\n]\nenv = [\"A=1\", \"B=2\"]\n\n\
         max-memory = \"64MiB\"\nmax-instances = 50\nfuel = 1_000_000\ninherit-env = false\n\
         max-component-size = \"8MiB\"\nmax-component-items = 1000\n\
         max-compile-time = \"90s\"\n",
    );
    let options = [
        "--env",
        "B=3",
        "--allow-net",
        "localhost:80",
        "--fuel",
        "none",
        "--max-component-items=2000",
    ];
    assert_eq!(
        place.shown("--show-grants", &options),
        strings(&[
            ["dir", "data::/in", "p.toml:3"],
            ["env", "A=1", "p.toml:5"],
            ["env", "B=3", "--env"],
            ["allow-net", "localhost:80", "--allow-net"],
        ])
    );
    assert_eq!(
        place.shown("--show-limits", &options),
        strings(&[
            ["max-memory", "64MiB", "p.toml:7"],
            ["max-instances", "50", "p.toml:8"],
            ["fuel", "none", "--fuel"],
            ["max-component-size", "8MiB", "p.toml:11"],
            ["max-component-items", "2000", "--max-component-items"],
            ["max-compile-time", "1m 30s", "p.toml:13"],
        ])
    );
    assert_eq!(
        place.shown("--show-grants", &["--revoke", "dir", "--revoke", "env=A"]),
        strings(&[["env", "B=2", "p.toml:5"]])
    );
}

#[test]
fn every_limit_is_shown_in_one_line_for_every_command() {
    for (command, timeout) in [
        ("run", "none"),
        ("call", "none"),
        ("process", "1m"),
        ("serve", "none"),
    ] {
        let shown = worldhost()
            // It is not opened.
            .args([command, "--show-limits", "--max-memory=1536KiB", "a.wasm"])
            .assert()
            .success();
        let text = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (name, bounds) in limits() {
            let of = |line: &&&str| line.split(' ').next() == Some(name);
            let line = lines.iter().find(of).unwrap_or_else(|| panic!("{name}"));
            assert!(line.ends_with(bounds), "{line}");
        }
        assert_eq!(lines.len(), limits().count());
        let value = |name: &str| {
            let line = lines.iter().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().to_string()
        };
        assert_eq!(value("max-memory"), "1536KiB");
        assert_eq!(value("max-hostcall"), "128MiB");
        assert_eq!(value("timeout"), timeout);
        assert_eq!(value("max-component-size"), "256MiB");
        assert_eq!(value("max-component-nesting"), "100");
        assert_eq!(value("max-compile-time"), "2m");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (policy, place, words) in [
        (
            "\nmax-memry = 1\n",
            "p.toml:2:1: ",
            "did you mean max-memory",
        ),
        ("alow-net = []\n", "p.toml:1:1: ", "did you mean allow-net?"),
        ("qqq = 1\n", "p.toml:1:1: ", "worldhost policy schema"),
        ("env = []\nmax-memory = true\n", "p.toml:2:14: ", "boolean"),
        ("timeout = 5\n", "p.toml:1:11: ", "with its unit"),
        (
            "max-component-nesting = 301\n",
            "p.toml:1:25: ",
            "300 at the most",
        ),
        (
            "max-compile-memry = 1\n",
            "p.toml:1:1: ",
            "did you mean max-compile-memory ",
        ),
        (
            "max-memory = \"none\"\n",
            "p.toml:1:14: ",
            "give it a number",
        ),
        ("fuel = -1\n", "p.toml:1:8: ", "number"),
        ("dir = { a = 1 }\n", "p.toml:1:7: ", "list of strings"),
        ("env = [\"A=1\", 2]\n", "p.toml:1:15: ", "list of strings"),
        ("env = [\n  \"=1\"]\n", "p.toml:2:3: ", "has no name"),
        ("inherit-env = \"yes\"\n", "p.toml:1:15: ", "true or false"),
        ("allow-net = [\"host\"]\n", "p.toml:1:14: ", "has no port"),
        ("wasi = \"http\"\n", "p.toml:1:8: ", "is none of"),
        ("fuel = 1\nfuel = 2\n", "p.toml:2:1: ", "duplicate"),
        ("fuel = [\n", "p.toml:1:", "array"),
        ("allow-private = true\n", "p.toml:1:17", "--allow-net"),
        (
            "env = \"NOT_SET_HERE\"\n",
            "p.toml:1:7: ",
            "it is not set here",
        ),
    ] {
        let line = Place::new(policy).wrong(&[]);
        assert!(line.contains(place), "{policy}: {line}");
        assert!(line.contains(words), "{policy}: {line}");
    }
    // A directory that is not there, as for a flag.
    let line = Place::new("\ndir = \"gone\"\n").wrong(&[]);
    assert!(
        line.contains("p.toml:2:7: ") && line.contains("gone"),
        "{line}"
    );
}

#[test]
fn a_directory_that_is_named_twice_is_an_error_that_names_both_places() {
    let twice = Place::new("dir = \"data\"\n\ndir-ro = [\"data\"]\n");
    let line = twice.wrong(&[]);
    for words in ["data is named twice", "p.toml:1:7", "p.toml:3:11"] {
        assert!(line.contains(words), "{line}");
    }
    let once = Place::new("dir = \"data::in\"\n");
    let line = once.wrong(&["--dir-ro", "tests::./in/"]);
    for words in [
        "p.toml:1:7",
        "--dir-ro tests::./in/",
        "--revoke dir=data::in",
    ] {
        assert!(line.contains(words), "{line}");
    }
    let failed = worldhost()
        .args(["run", "--dir", "tests", "--dir-ro", "tests"])
        .arg(guest("command"))
        .assert()
        .code(2);
    let line = one_line(&failed.get_output().stderr);
    assert!(
        line.contains("--dir tests") && line.contains("--dir-ro tests"),
        "{line}"
    );
}

#[test]
fn a_policy_that_is_none_is_read_with_a_bound() {
    let run = |policy: &Path| {
        let failed = worldhost()
            .args(["run", "--policy"])
            .arg(policy)
            .arg(guest("command"))
            .timeout(std::time::Duration::from_secs(60))
            .assert()
            .code(2);
        one_line(&failed.get_output().stderr)
    };
    assert!(run(Path::new("gone.toml")).contains("gone.toml: "));
    let place = Scratch::new();
    let large = place.file("large.toml", vec![b'#'; (1 << 20) + 1]);
    assert!(run(&large).contains("larger than 1 MiB"));
    #[cfg(unix)]
    {
        // Nobody ever opens its other end.
        let pipe = place.path().join("pipe.toml");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        for path in [Path::new("/dev/zero"), &pipe] {
            let line = run(path);
            assert!(line.contains("it is no file"), "{line}");
        }
    }
    let line = run(&place.file("p.toml", b"\xff\xfe"));
    assert!(line.contains("no text in UTF-8"), "{line}");
}

#[test]
fn the_policy_beside_a_component_is_used_when_it_is_asked_for() {
    let place = Scratch::new();
    let component = place.file("tool.wasm", std::fs::read(guest("command")).unwrap());
    let run = |options: &[&str]| {
        let mut command = worldhost();
        command.arg("run").args(options).arg(&component);
        command.args(["env", "NAME"]).assert()
    };
    let failed = run(&["--policy-beside"]).code(2);
    assert!(one_line(&failed.get_output().stderr).contains("tool.policy.toml"));
    place.file("tool.policy.toml", "env = \"NAME=beside\"\n");
    run(&[]).code(1);
    run(&["--policy-beside"]).success().stdout("beside\n");
    run(&["--policy-beside", "--policy", "other.toml"]).code(2);
}

#[test]
fn the_schema_has_what_a_policy_may_have() {
    let schema = worldhost().args(["policy", "schema"]).assert().success();
    let schema: Value = serde_json::from_slice(&schema.get_output().stdout).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    let properties = schema["properties"].as_object().unwrap();
    let limits = limits().map(|(name, _)| name);
    let grants = [
        "dir",
        "dir-ro",
        "env",
        "inherit-env",
        "allow-net",
        "allow-private",
        "inherit-network",
        "wasi",
    ];
    let mut names: Vec<&str> = limits.chain(grants).collect();
    names.sort_unstable();
    let mut found: Vec<&str> = properties.keys().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, names);
    for (name, property) in properties {
        assert!(property["description"].is_string(), "{name}");
    }

    let place = Scratch::new();
    let check = |text: &str| {
        let file = place.file("p.toml", text);
        worldhost().args(["policy", "check"]).arg(file).assert()
    };
    // What the schema calls a default, a policy may say.
    for (name, property) in properties {
        let text = match &property["default"] {
            Value::Null => format!("{name} = []"),
            default => format!("{name} = {default}"),
        };
        check(&text).success().stdout("").stderr("");
    }
    check("dirs = []").code(2);
    // The example of the documentation.
    let told = std::fs::read_to_string(crate::support::root().join("docs/limits.md")).unwrap();
    let example = told
        .split("```")
        .find_map(|block| block.strip_prefix("toml\n"));
    check(example.unwrap()).success();
}

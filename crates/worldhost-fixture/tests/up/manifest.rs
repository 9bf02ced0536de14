//! What is wrong with a manifest is told with its place and what to do.

use crate::place::Place;
use serde_json::Value;

#[test]
fn what_is_wrong_has_its_place_and_a_remedy() {
    let web = "source = \"web.wasm\"\nrun = \"serve\"\n";
    let job = "source = \"plugin-rust.wasm\"\nrun = \"process\"\n";
    let of = |table: &str| format!("[component.a]\n{table}");
    let cases = [
        (
            String::new(),
            "1:1: it names no component; [component.NAME] begins one",
        ),
        (
            "[components.a]\n".into(),
            "1:2: there is no `components` here; did you mean component?",
        ),
        (
            "[component]\na = 1\n".into(),
            "2:1: a component is a table: [component.NAME]",
        ),
        (
            "[component.\"A b\"]\n".into(),
            "1:12: the name of a component has up to 40 of a-z",
        ),
        (
            of("source = \"web.wasm\"\n"),
            "1:12: a has no `run`, which says how it is run: serve, work, process, run",
        ),
        (
            of("run = \"serve\"\n"),
            "1:12: a has no `source`, which names the component",
        ),
        (
            of("run = \"server\"\n"),
            "2:7: run is one of serve, work, process, run",
        ),
        (
            of(&format!("{web}max-memroy = 1\n")),
            "4:1: there is no `max-memroy` here; did you mean max-memory",
        ),
        (
            of(&format!("{web}max-memory = \"much\"\n")),
            "4:14: a: invalid value 'much' for '--max-memory",
        ),
        (
            of(&format!("{web}max-memory = true\n")),
            "4:14: max-memory is here of the type boolean, and has to be a string or a number",
        ),
        (
            of(&format!("{web}inherit-env = \"yes\"\n")),
            "4:15: inherit-env is here of the type string, and has to be true or false",
        ),
        (
            of(&format!("{web}allow-net = [1.5]\n")),
            "4:14: allow-net is here of the type float, and has to be a string or a list of strings",
        ),
        (
            of(&format!("{web}allow-net = \"nowhere\"\n")),
            "4:13: a: invalid value 'nowhere' for '--allow-net",
        ),
        (
            of(&format!("{web}addr = \"8080\"\n")),
            "4:8: addr = \"8080\" has no port; write HOST:PORT",
        ),
        (
            of(&format!("{web}watch = true\n")),
            "4:1: `watch` is not said of one component; worldhost up has its own",
        ),
        (
            of(&format!("{web}args = [\"x\"]\n")),
            "4:1: there is no `args` here",
        ),
        (
            of(&format!("{web}digest = \"sha256:12\"\n")),
            "4:10: a: invalid value 'sha256:12' for '--digest <DIGEST>': is no digest",
        ),
        (
            of(&format!("{job}addr = \"127.0.0.1:1\"\n")),
            "4:1: there is no `addr` here",
        ),
        (
            of(&format!("{job}restart = \"sometimes\"\n")),
            "4:11: restart is one of always, on-failure, never",
        ),
        (
            of("source = \"plugin-rust.wasm\"\nrun = \"work\"\n"),
            "1:12: a: the following required arguments were not provided: --stream <NAME> --consumer <NAME>",
        ),
        (
            format!("[component.a]\n{web}[component.b]\n{web}"),
            "4:12: b serves at 127.0.0.1:8080, and so does a; give one of them another addr",
        ),
        ("[component.a\n".into(), "1:13: "),
        (
            "component = 1\n".into(),
            "1:1: a component is a table: [component.NAME]",
        ),
    ];
    for (manifest, words) in cases {
        let ended = Place::new(&manifest).ends(&["--check"]);
        let said = ended.stderr();
        assert_eq!(
            (ended.code(), ended.stdout().as_str()),
            (2, ""),
            "{manifest}{said}"
        );
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(
            said.contains(&format!("worldhost.toml:{words}")),
            "{manifest}\n{said}{words}"
        );
    }
}

#[test]
fn one_that_is_not_there_or_not_asked_for_is_told() {
    let place = Place::new("[component.a]\nsource = \"web.wasm\"\nrun = \"serve\"\n");
    let ended = place.ends(&["--check", "--only", "b"]);
    assert_eq!(ended.code(), 2);
    assert!(
        ended.stderr().contains("has no such component; it has a"),
        "{}",
        ended.stderr()
    );
    let mut command = crate::support::command();
    let output = command
        .args(["up", "--check", "nowhere.toml"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("cannot read the manifest nowhere.toml"),
        "{said}"
    );
}

#[test]
fn the_schema_has_every_key_of_each_way_to_run() {
    let ended = Place::new("").ends(&["--schema"]);
    let schema: Value = serde_json::from_str(&ended.stdout()).unwrap();
    let ways = &schema["properties"]["component"]["additionalProperties"]["oneOf"];
    let ways = ways.as_array().unwrap();
    let way = |name: &str| {
        let way = ways
            .iter()
            .find(|way| way["properties"]["run"]["const"] == name);
        way.unwrap()["properties"].as_object().unwrap()
    };
    for name in ["serve", "work", "process", "run"] {
        for key in ["source", "restart", "digest", "dir", "max-memory", "policy"] {
            assert!(way(name).contains_key(key), "{name} {key}");
        }
        for (key, about) in way(name) {
            let words = about["description"].as_str().unwrap();
            assert!(!words.is_empty(), "{name} {key}");
        }
        for key in ["watch", "help", "admin-addr", "show-grants"] {
            assert!(!way(name).contains_key(key), "{name} {key}");
        }
    }
    assert!(way("serve").contains_key("addr") && !way("work").contains_key("addr"));
    assert!(way("run").contains_key("args") && !way("serve").contains_key("args"));
    assert!(way("work").contains_key("consumer"));
    assert_eq!(way("serve")["compiler"]["enum"][0], "auto");
}

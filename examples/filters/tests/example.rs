//! The example runs; and its page shows what is compiled.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn lines_go_through_all_filters_in_order() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_filters"))
        .current_dir(ROOT)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = b"# hidden\nHello, filters\n\n";
    child.stdin.take().unwrap().write_all(lines).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "HELLO, FILTERS\n\n"
    );
    for words in [
        "hide: loaded, sha256:",
        "shout: loaded, sha256:",
        "[shout] that was loud",
        "worldhost_plugin_calls_total{plugin=\"hide\",result=\"succeeded\"} 3",
        "worldhost_plugin_calls_total{plugin=\"shout\",result=\"succeeded\"} 2",
    ] {
        assert!(stderr.contains(words), "{words} is not in\n{stderr}");
    }
}

#[test]
fn what_is_wrong_with_a_manifest_is_told() {
    let output = Command::new(env!("CARGO_BIN_EXE_filters"))
        .arg(Path::new(ROOT).join("Cargo.toml"))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(stderr.starts_with("error: ") && stderr.lines().count() == 1);
    assert!(stderr.contains("Cargo.toml:1:2: there is no `workspace` here"));
}

#[test]
fn the_plugins_are_what_their_text_says() {
    let dir = Path::new(ROOT).join("examples/filters/plugins");
    for name in ["hide", "shout"] {
        let wanted = wat::parse_file(dir.join(name).with_extension("wat")).unwrap();
        let found = std::fs::read(dir.join(name).with_extension("wasm")).unwrap();
        assert!(
            wanted == found,
            "{name}.wasm is another: wasm-tools parse {name}.wat -o {name}.wasm"
        );
    }
}

const PAGE: &str = "docs/plugins.md";
const SHOWN: [&str; 3] = [
    "examples/filters/src/main.rs",
    "examples/filters/filters.toml",
    "examples/filters/tests/plugins/versions.rs",
];

#[test]
fn the_page_shows_what_is_compiled() {
    let bare = |text: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.trim().to_string());
        lines.collect()
    };
    let read = |name: &str| std::fs::read_to_string(Path::new(ROOT).join(name)).unwrap();
    let shown: Vec<_> = SHOWN.iter().map(|name| bare(&read(name))).collect();
    let page = read(PAGE);
    let of = |kind: &str| -> Vec<String> {
        let begin = format!("```{kind}\n");
        let blocks = page.split(&begin).skip(1);
        let blocks = blocks.map(|block| block.split_once("```").unwrap().0);
        blocks.map(String::from).collect()
    };
    let blocks = [of("toml"), of("rust")].concat();
    assert!(blocks.len() >= 5, "{}", blocks.len());
    for block in blocks {
        let wanted = bare(&block);
        let stands = |file: &Vec<String>| file.windows(wanted.len()).any(|part| part == wanted);
        assert!(shown.iter().any(stands), "in none of {SHOWN:?}:\n{block}");
    }
}

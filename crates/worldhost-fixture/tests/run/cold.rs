//! Each way to run a component, for the first time: into a cache that is empty. The
//! other tests of a file share a cache, and find there what an earlier run compiled.

use crate::support::cache::{Cache, answers};
use crate::support::{Scratch, guest};
use std::path::{Path, PathBuf};

struct Way {
    args: &'static [&'static str],
    component: PathBuf,
    words: &'static [&'static str],
    stdout: &'static str,
}

fn ways(plugin: &Path) -> Vec<Way> {
    let way = |args, component: &Path, words, stdout| Way {
        args,
        component: component.into(),
        words,
        stdout,
    };
    let (command, p3) = (guest("command"), guest("command-p3"));
    let call: &[&str] = &[r#"process("x")"#];
    vec![
        way(&["run"], &command, &["args", "a b"], "a b\n"),
        way(&["run"], &p3, &["args", "a b"], "a b\n"),
        way(&["process"], plugin, &["x", "y"], "a\na\n"),
        way(&["process", "--fresh"], plugin, &["x", "y"], "a\na\n"),
        way(
            &["process", "--fresh", "--jobs", "2"],
            plugin,
            &["x", "y"],
            "a\na\n",
        ),
        way(&["call"], plugin, call, "\"a\"\n"),
    ]
}

/// Runs it, and once more from what it left in the cache.
#[track_caller]
fn runs_cold(way: &Way, options: &[&str]) {
    let cache = Cache::new();
    for artifacts in [0, 1] {
        assert_eq!(
            cache.files_if_any("code").len(),
            artifacts,
            "{:?}",
            way.args
        );
        let mut command = cache.command(way.args);
        command.args(options).arg(&way.component).args(way.words);
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{:?}: {stderr}", way.args);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            way.stdout,
            "{:?}",
            way.args
        );
    }
    cache.artifact();
}

#[test]
fn every_way_compiles_for_the_first_time() {
    let scratch = Scratch::new();
    let plugin = scratch.file("plugin.wasm", answers("a"));
    for way in ways(&plugin) {
        runs_cold(&way, &[]);
    }
}

#[test]
fn every_way_compiles_with_winch_too() {
    let scratch = Scratch::new();
    let plugin = scratch.file("plugin.wasm", answers("a"));
    for way in ways(&plugin) {
        runs_cold(&way, &["--compiler", "winch"]);
    }
}

#[test]
fn every_way_compiles_without_a_cache() {
    let scratch = Scratch::new();
    let plugin = scratch.file("plugin.wasm", answers("a"));
    let cache = Cache::new();
    for way in ways(&plugin) {
        let mut command = cache.command(way.args);
        command
            .arg("--no-cache")
            .arg(&way.component)
            .args(way.words);
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{:?}: {stderr}", way.args);
        assert_eq!(output.stdout, way.stdout.as_bytes(), "{:?}", way.args);
    }
    assert!(cache.files_if_any("code").is_empty());
}

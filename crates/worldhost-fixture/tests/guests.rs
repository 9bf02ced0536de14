//! The committed guests are what their sources say, small, and free of the paths
//! of the machine that built them.

mod support;

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::root;

const REBUILD: &str = "rebuild them with scripts/build-guests.sh";

/// Those of this repository, as the script that builds them lists them. Who makes it their
/// own may have more.
fn committed() -> Vec<PathBuf> {
    let script = fs::read_to_string(root().join("scripts/build-guests.sh")).unwrap();
    let list = script.lines().find_map(|line| {
        let list = line.strip_prefix("committed=(")?;
        list.strip_suffix(')')
    });
    let names = list.expect("the list of committed guests").split(' ');
    let found: Vec<PathBuf> = names
        .map(|name| root().join(format!("tests/guests/{name}.wasm")))
        .collect();
    assert!(found.len() >= 8, "{found:?}");
    found
}

fn sha256(path: &Path) -> String {
    let digest = Sha256::digest(fs::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_guest_was_built_from_the_sources_as_they_are() {
    let sums = fs::read_to_string(root().join("tests/guests/SHA256SUMS")).unwrap();
    let mut listed = BTreeSet::new();
    for line in sums.lines() {
        let (sum, path) = line.split_once("  ").expect("sha256sum's format");
        let file = root().join(path);
        assert!(file.exists(), "{path} is gone; {REBUILD}");
        assert_eq!(sum, sha256(&file), "{path} has changed; {REBUILD}");
        listed.insert(file);
    }
    for wasm in committed() {
        assert!(
            listed.contains(&wasm),
            "{wasm:?} is not in SHA256SUMS; {REBUILD}"
        );
        let sources = files(&wasm.with_extension(""));
        assert!(!sources.is_empty(), "{wasm:?} has no sources");
        for source in sources {
            assert!(
                listed.contains(&source),
                "{source:?} is not in SHA256SUMS; {REBUILD}"
            );
        }
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn every_guest_is_small_and_holds_no_path_of_the_machine_that_built_it() {
    for wasm in committed() {
        let bytes = fs::read(&wasm).unwrap();
        assert!(
            bytes.len() < 200 << 10,
            "{wasm:?} has {} bytes",
            bytes.len()
        );
        let text = String::from_utf8_lossy(&bytes);
        for path in [
            "/home/", "/root/", "/Users/", "/work/", "/.cargo/", "/rustc/",
        ] {
            assert!(
                !text.contains(path),
                "{wasm:?} holds a path with {path}; {REBUILD}"
            );
        }
    }
}

//! What is taken from inside Wasmtime has the version that Wasmtime has, and nothing
//! in Cargo.toml keeps Wasmtime from its security releases.

use std::collections::BTreeSet;
use toml::{Table, Value};

fn read(file: &str) -> Table {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// What a package depends on by the lock file: `NAME`, or `NAME VERSION` where there
/// are several versions of it.
fn dependencies(lock: &Table, of: &str) -> BTreeSet<String> {
    let packages = lock["package"].as_array().unwrap();
    let package = packages.iter().find(|p| p["name"].as_str() == Some(of));
    let package = package.unwrap_or_else(|| panic!("{of} is not in Cargo.lock"));
    let names = package["dependencies"].as_array().unwrap();
    names.iter().map(|n| n.as_str().unwrap().into()).collect()
}

/// Other WIT tools would read another WIT than bindgen! does, and another generator
/// would write other bindings.
#[test]
fn what_is_inside_wasmtime_is_the_same_here() {
    let lock = read("Cargo.lock");
    let ours = dependencies(&lock, "worldhost");
    let bindgen = "wasmtime-internal-component-macro";
    let generator = "wasmtime-internal-wit-bindgen";
    for (name, inside) in [
        (generator, bindgen),
        ("wit-parser", bindgen),
        ("wit-component", generator),
        ("wasmparser", "wasmtime-environ"),
        ("wasm-encoder", "wasmtime-environ"),
    ] {
        let theirs = dependencies(&lock, inside);
        let mut theirs = theirs.iter();
        let wanted = theirs.find(|one| one.split(' ').next() == Some(name));
        let wanted = wanted.unwrap_or_else(|| panic!("{inside} has no {name} any more"));
        assert!(
            ours.contains(wanted),
            "Wasmtime has {wanted} inside, and Cargo.toml asks for another version of \
             {name}: write this one there, and run cargo check"
        );
    }
}

/// One crate that is held at a version holds all that have to match it.
#[test]
fn nothing_keeps_wasmtime_at_a_version() {
    let manifest = read("Cargo.toml");
    for (name, dependency) in manifest["dependencies"].as_table().unwrap() {
        let version = dependency.get("version").unwrap_or(dependency);
        let version = version.as_str().unwrap();
        // A second, old version of a crate, with which Wasmtime has nothing to do.
        let second = dependency.get("package").is_some_and(Value::is_str);
        assert!(
            second || !version.starts_with(['=', '<', '~']),
            "{name} = \"{version}\" would keep Wasmtime from its security releases: write \
             it without the sign"
        );
    }
}

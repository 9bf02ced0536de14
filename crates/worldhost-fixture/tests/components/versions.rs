//! What is taken from inside Wasmtime has the version that Wasmtime has, nothing keeps
//! Wasmtime from its security releases, and the crates are of one mind about WASI.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: impl AsRef<Path>) -> Table {
    let path = root().join(file);
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// What a package depends on by the lock file: `NAME`, or `NAME VERSION` where there
/// are several versions of it.
fn dependencies(lock: &Table, of: &str) -> BTreeSet<String> {
    let packages = lock["package"].as_array().unwrap();
    let package = packages.iter().find(|p| p["name"].as_str() == Some(of));
    let package = package.unwrap_or_else(|| panic!("{of} is not in Cargo.lock"));
    let names = package.get("dependencies").and_then(Value::as_array);
    let names = names.into_iter().flatten();
    names.map(|n| n.as_str().unwrap().into()).collect()
}

/// The manifest of the workspace, and those of its crates by their directories.
fn manifests() -> Vec<(String, Table)> {
    let members = |of: &'static str| {
        let members = std::fs::read_dir(root().join(of)).unwrap();
        members.map(move |entry| format!("{of}/{}", entry.unwrap().file_name().display()))
    };
    let dirs = members("crates").chain(members("examples"));
    let dirs = dirs.chain([".".to_string()]);
    let dirs = dirs.filter(|dir| root().join(dir).join("Cargo.toml").exists());
    dirs.map(|dir| (dir.clone(), read(format!("{dir}/Cargo.toml"))))
        .collect()
}

/// The crate with the tools of the developer, which alone has other versions too.
const DEV: &str = "worldhost-dev";

/// Other WIT tools would read another WIT than bindgen! does, and another generator
/// would write other bindings.
#[test]
fn what_is_inside_wasmtime_is_the_same_here() {
    let lock = read("Cargo.lock");
    let bindgen = "wasmtime-internal-component-macro";
    let generator = "wasmtime-internal-wit-bindgen";
    for (name, inside) in [
        (generator, bindgen),
        ("wit-parser", bindgen),
        ("wit-component", generator),
        ("wasmparser", "wasmtime-environ"),
        ("wasm-encoder", "wasmtime-environ"),
    ] {
        let named = |found: &BTreeSet<String>| -> BTreeSet<String> {
            let found = found.iter();
            let found = found.filter(|one| one.split(' ').next() == Some(name));
            found.cloned().collect()
        };
        let wanted = named(&dependencies(&lock, inside)).pop_first();
        let wanted = wanted.unwrap_or_else(|| panic!("{inside} has no {name} any more"));
        let mut users = 0;
        for (dir, manifest) in manifests() {
            let package = manifest["package"]["name"].as_str().unwrap();
            let mut ours = named(&dependencies(&lock, package));
            if ours.is_empty() {
                continue;
            }
            users += 1;
            let has_it = ours.remove(&wanted);
            assert!(
                has_it && (package == DEV || ours.is_empty()),
                "Wasmtime has {wanted} inside, and {dir} asks for {ours:?}: write this \
                 one into Cargo.toml, and run cargo check"
            );
        }
        assert_ne!(users, 0, "nobody uses {name}");
    }
}

/// One crate that is held at a version holds all that have to match it.
#[test]
fn nothing_keeps_wasmtime_at_a_version() {
    for (dir, manifest) in manifests() {
        let mut tables = vec![];
        for table in [
            Some(&manifest),
            manifest.get("workspace").and_then(Value::as_table),
        ] {
            let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
            let table = table.into_iter();
            tables.extend(table.flat_map(|t| kinds.iter().filter_map(|kind| t.get(*kind))));
        }
        for (name, dependency) in tables.iter().flat_map(|t| t.as_table().unwrap()) {
            let version = dependency.get("version").unwrap_or(dependency);
            let Some(version) = version.as_str() else {
                continue;
            };
            // A second, old version of a crate, with which Wasmtime has nothing to do.
            let second = dir.ends_with(DEV) && dependency.get("package").is_some_and(Value::is_str);
            assert!(
                second || !version.starts_with(['=', '<', '~']),
                "{dir}: {name} = \"{version}\" would keep Wasmtime from its security \
                 releases: write it without the sign"
            );
        }
    }
}

/// The crates that read WIT do not know the engine, and say the same of WASI.
#[test]
fn the_wit_crates_know_the_wasi_that_the_engine_links() {
    assert_eq!(worldhost_wit::WASI_P2, worldhost::version::WASI_P2);
    assert_eq!(worldhost_wit::WASI_P3, worldhost::version::WASI_P3);
}

/// The examples are whole when they are copied, so their WASI is no link to another's.
#[test]
fn the_examples_have_the_same_wasi() {
    let files = |dir: &str| -> BTreeSet<(PathBuf, String)> {
        let deps = root().join(dir).join("wit/deps");
        assert!(!deps.is_symlink(), "{}", deps.display());
        let packages = std::fs::read_dir(deps).unwrap();
        let packages = packages.map(|entry| entry.unwrap());
        let file = |entry: std::fs::DirEntry| {
            let text = std::fs::read_to_string(entry.path().join("package.wit"));
            (entry.file_name().into(), text.unwrap())
        };
        packages.map(file).collect()
    };
    let (example, fixture) = (files("examples/embed"), files("crates/worldhost-fixture"));
    assert!(
        example == fixture,
        "copy crates/worldhost-fixture/wit/deps to examples/embed/wit"
    );

    let of_wasi_3 = files("examples/async");
    assert!(of_wasi_3.len() > 3, "{}", of_wasi_3.len());
    for (dir, text) in of_wasi_3 {
        let name = dir.to_str().and_then(|dir| dir.strip_prefix("wasi-"));
        let file = format!("crates/worldhost-wit/wasi/{}.wit", name.unwrap());
        let ours = std::fs::read_to_string(root().join(&file)).unwrap();
        assert!(text == ours, "copy {file} to {}", dir.display());
    }
}

//! What holds for this project, whatever its world is: its WIT and what is written
//! against it fit each other. What the command does is tested in `crates/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use worldhost::version::{WASI_P2, WASI_P3, WASMTIME};
use worldhost_dev::{Api, Subject, Wanted, subjects, verify};
use worldhost_wit::{Accepted, Dated, Diff, Wit, WorldId, worlds};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SNAPSHOT: &str = "tests/snapshots/bindings-api.rs";

fn path(name: &str) -> PathBuf {
    Path::new(ROOT).join(name)
}

/// The `bindgen!` of the project, the WIT that it reads, and the world that it names.
fn project() -> (Subject, Wit, WorldId) {
    let bindings = path("src/bindings.rs");
    let wanted = Wanted {
        bindings: Some(&bindings),
        ..Wanted::default()
    };
    let subject = subjects(wanted).unwrap().all.remove(0);
    let (wit, world) = subject.load().unwrap();
    (subject, wit, world)
}

/// A change of the WIT is a change of this file, to be seen in a review.
#[test]
fn the_api_is_the_one_that_was_reviewed() {
    let (subject, wit, world) = project();
    let api = Api::of(&wit, world, &subject.options()).unwrap().text();
    let reviewed = fs::read_to_string(path(SNAPSHOT)).unwrap_or_default();
    assert!(
        reviewed == api,
        "the API of the bindings is not that of {SNAPSHOT}; if it is meant to be, run\n  \
         cargo run -q -- wit bindings --api > {SNAPSHOT}\nand review it with git diff"
    );
}

/// As `worldhost wit verify` says.
#[test]
fn the_vendored_wit_is_what_the_lock_says() {
    let (subject, ..) = project();
    let report = verify::verify(&verify::Tree {
        subject: &subject,
        lock: None,
        wasmtime: WASMTIME,
        linked: &[WASI_P2, WASI_P3],
    });
    let report = report.unwrap();
    assert!(report.problems.is_empty(), "{report}");
}

/// As `worldhost wit diff --versioned` says of each release of this package: what was
/// built for it still loads, or the version says that it does not.
#[test]
fn what_was_released_holds() {
    let (subject, wit, world) = project();
    for file in released() {
        let old = Wit::from_path(&file).unwrap();
        // Those from before the package had its name are of another.
        if package(&old) != package(&wit) {
            continue;
        }
        let (before, _) = worlds(&old, &wit, subject.world.as_deref()).unwrap();
        let old = Dated {
            wit: &old,
            world: before,
        };
        let mut diff = Diff::between(old, Dated { wit: &wit, world });
        diff.accept(&Accepted::of(&wit, &[]));
        assert!(
            !diff.breaks() || diff.is_versioned(),
            "{}:\n{diff}",
            file.display()
        );
    }
}

fn released() -> Vec<PathBuf> {
    let Ok(dir) = fs::read_dir(path("wit/released")) else {
        return Vec::new();
    };
    let files = dir.map(|entry| entry.unwrap().path());
    files
        .filter(|file| file.extension().is_some_and(|found| found == "wit"))
        .collect()
}

/// `namespace:name`.
fn package(wit: &Wit) -> String {
    let name = &wit.resolve.packages[wit.package].name;
    format!("{}:{}", name.namespace, name.name)
}

/// Each guest that imports an interface of this package is of its world.
#[test]
fn the_guests_of_the_world_are_loaded() {
    let (_, wit, _) = project();
    for entry in fs::read_dir(path("tests/guests")).into_iter().flatten() {
        let guest = entry.unwrap().path();
        if guest.extension().is_none_or(|found| found != "wasm") || !imports(&guest, &package(&wit))
        {
            continue;
        }
        // With no input, nothing runs.
        let mut command = command();
        let output = command.arg("process").arg(&guest).stdin(Stdio::null());
        let output = output.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
    }
}

fn imports(guest: &Path, package: &str) -> bool {
    let bytes = fs::read(guest).unwrap();
    let is_component = worldhost::expect_component("guest", &bytes);
    // It has no world.
    if let Err(worldhost::Error::CoreModule { .. }) = is_component {
        return false;
    }
    let wit = Wit::from_path(guest).unwrap();
    let imports = &wit.resolve.worlds[wit.world(None).unwrap()].imports;
    let mut names = imports.keys().map(|key| wit.resolve.name_world_key(key));
    names.any(|name| name.starts_with(&format!("{package}/")))
}

/// The built command, under whatever name.
fn command() -> Command {
    let manifest = fs::read_to_string(path("Cargo.toml")).unwrap();
    let named = manifest.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "default-run").then(|| value.trim().trim_matches('"').to_string())
    });
    let name = named.expect("default-run in Cargo.toml") + std::env::consts::EXE_SUFFIX;
    // This test is in `deps`, beside it.
    let test = std::env::current_exe().unwrap();
    let mut command = Command::new(test.parent().unwrap().with_file_name(name));
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache-project");
    command.env("WORLDHOST_CACHE_DIR", cache);
    command
}

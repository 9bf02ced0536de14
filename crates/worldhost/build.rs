//! Which Wasmtime this build links, for `version::WASMTIME`.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let dir = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("Cargo sets it"));
    // As a dependency from a registry this crate has no lock file near it.
    let found = dir.ancestors().map(|dir| dir.join("Cargo.lock"));
    let lock = found.take(3).find(|lock| lock.exists());
    let version = lock.as_deref().and_then(locked);
    let version = version.unwrap_or_else(|| "48".to_string());
    println!("cargo::rustc-env=WORLDHOST_WASMTIME={version}");
}

fn locked(lock: &Path) -> Option<String> {
    println!("cargo::rerun-if-changed={}", lock.display());
    let text = fs::read_to_string(lock).ok()?;
    let (_, rest) = text.split_once("name = \"wasmtime\"\nversion = \"")?;
    Some(rest.split_once('"')?.0.to_string())
}

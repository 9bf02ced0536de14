//! Two things rustc cannot know by itself: that a new file in wit/ changes the
//! bindings, and which Wasmtime this build links.

use std::{env, fs};

fn main() {
    // bindgen! only tracks the files it read; the directory tracks new ones.
    println!("cargo::rerun-if-changed=wit");
    println!("cargo::rerun-if-changed=Cargo.lock");

    let lock = env::var("CARGO_MANIFEST_DIR").unwrap() + "/Cargo.lock";
    let version = fs::read_to_string(lock).ok().and_then(|text| {
        let (_, rest) = text.split_once("name = \"wasmtime\"\nversion = \"")?;
        Some(rest.split_once('"')?.0.to_string())
    });
    // As a dependency this crate has no lock file of its own.
    let version = version.unwrap_or_else(|| "48".to_string());
    println!("cargo::rustc-env=WORLDHOST_WASMTIME={version}");
}

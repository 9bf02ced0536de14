//! What rustc cannot know by itself: that a new file in wit/ changes the bindings,
//! which Wasmtime this build links, and which WIT files there are to embed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    // bindgen! only tracks the files it read; the directory tracks new ones.
    println!("cargo::rerun-if-changed=wit");
    println!("cargo::rerun-if-changed=src/world/wasi");
    println!("cargo::rerun-if-changed=Cargo.lock");
    pack_relocations();

    let root = env::var("CARGO_MANIFEST_DIR").unwrap();
    embed_wit(Path::new(&root));

    let lock = root + "/Cargo.lock";
    let version = fs::read_to_string(lock).ok().and_then(|text| {
        let (_, rest) = text.split_once("name = \"wasmtime\"\nversion = \"")?;
        Some(rest.split_once('"')?.0.to_string())
    });
    // As a dependency this crate has no lock file of its own.
    let version = version.unwrap_or_else(|| "48".to_string());
    println!("cargo::rustc-env=WORLDHOST_WASMTIME={version}");
}

/// Writes `wit.rs`: the path of each WIT file, from the project's root, and its
/// text.
fn embed_wit(root: &Path) {
    let mut files = Vec::new();
    for dir in ["wit", "src/world/wasi"] {
        find_wit(&root.join(dir), &mut files);
    }
    files.sort();
    let mut code = String::from("&[\n");
    for file in &files {
        let shown: Vec<_> = file.strip_prefix(root).unwrap().iter().collect();
        let shown: Vec<_> = shown.iter().map(|part| part.to_string_lossy()).collect();
        code += &format!("({:?}, include_str!({file:?})),\n", shown.join("/"));
    }
    code += "]\n";
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap()).join("wit.rs");
    fs::write(out, code).unwrap();
}

fn find_wit(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            // Old releases are the same package as today's.
            if !path.ends_with("wit/released") {
                find_wit(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "wit") {
            files.push(path);
        }
    }
}

/// A third of the time until `main` goes into 50,000 relocations. Packed, they are a
/// fiftieth of the size. The C library that reads them is glibc since 2.36; the binary
/// is for this machine's, as any that is linked to glibc.
fn pack_relocations() {
    let glibc = env::var("CARGO_CFG_TARGET_ENV").as_deref() == Ok("gnu");
    if glibc && env::var("HOST") == env::var("TARGET") && glibc_version() >= Some((2, 36)) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

fn glibc_version() -> Option<(u32, u32)> {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let text = String::from_utf8(output.ok()?.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

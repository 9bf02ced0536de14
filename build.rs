//! What rustc cannot know by itself: that a new file in wit/ changes the bindings, and
//! which WIT files and which world there are.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    // bindgen! only tracks the files it read; the directory tracks new ones.
    println!("cargo::rerun-if-changed=wit");
    println!("cargo::rerun-if-changed=src/bindings.rs");
    pack_relocations();

    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let world = world(&root.join("src/bindings.rs"));
    let text = types(&world) + &files(&root);
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap()).join("wit.rs");
    fs::write(out, format!("pub const WORLD: &str = {world:?};\n{text}")).unwrap();
}

/// The world that `bindgen!` is given.
fn world(bindings: &Path) -> String {
    let text = fs::read_to_string(bindings).expect("src/bindings.rs");
    let code = text.lines().filter(|line| !line.trim().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n");
    let named = code.split("world:").nth(1).and_then(|rest| {
        let (name, _) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
        Some(name.to_string())
    });
    named.expect("bindgen! in src/bindings.rs names its world, as in: world: \"plugin\",")
}

/// The types that `bindgen!` names after the world.
fn types(world: &str) -> String {
    // A world may be named with its package: `package:name/world@version`.
    let name = world.rsplit('/').next().unwrap_or(world);
    let name = name.split('@').next().unwrap_or(name);
    let word = |word: &str| word[..1].to_uppercase() + &word[1..].to_lowercase();
    let name: String = name.split('-').map(word).collect();
    format!("pub use crate::bindings::{{{name} as World, {name}Pre as WorldPre}};\n")
}

/// The path of each WIT file, from the project's root, and its text.
fn files(root: &Path) -> String {
    let mut files = Vec::new();
    find_wit(&root.join("wit"), &mut files);
    files.sort();
    let mut code = String::from("pub const FILES: &[(&str, &str)] = &[\n");
    for file in &files {
        let shown: Vec<_> = file.strip_prefix(root).unwrap().iter().collect();
        let shown: Vec<_> = shown.iter().map(|part| part.to_string_lossy()).collect();
        code += &format!("({:?}, include_str!({file:?})),\n", shown.join("/"));
    }
    code + "];\n"
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

//! Components built against any release of WASI 0.2 up to the linked one.

use crate::support::{Scratch, component_in, worldhost};
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use wit_component::ComponentEncoder;
use wit_parser::{ManglingAndAbi, Resolve};
use worldhost::version::WASI_P2;

/// The WIT of WASI as it was in release 0.2.`patch`: the vendored text is gated by
/// `@since`, so that what came later can be told and left out.
fn wit(patch: u32) -> TempDir {
    let dir = TempDir::new().unwrap();
    let version = format!("@0.2.{patch}");
    for entry in fs::read_dir("wit/deps").unwrap() {
        let from = entry.unwrap().path();
        let to = dir.path().join("deps").join(from.file_name().unwrap());
        fs::create_dir_all(&to).unwrap();
        let text = fs::read_to_string(from.join("package.wit")).unwrap();
        let mut text = text.replace(&format!("@{WASI_P2}"), &version);
        for later in patch + 1..=linked_patch() {
            let since = format!("@since(version = 0.2.{later})");
            text = text.replace(&since, "@unstable(feature = later)");
        }
        fs::write(to.join("package.wit"), text).unwrap();
    }
    let world = format!("package test:old; world old {{ include wasi:cli/command{version}; }}");
    fs::write(dir.path().join("world.wit"), world).unwrap();
    dir
}

/// A command that prints its version through the streams of its release.
fn prints(patch: u32) -> String {
    let version = format!("0.2.{patch}");
    let text = format!("{version}\\n");
    let length = version.len() + 1;
    format!(
        r#"(module
            (import "wasi:cli/stdout@{version}" "get-stdout" (func $stdout (result i32)))
            (import "wasi:io/streams@{version}" "[method]output-stream.blocking-write-and-flush"
                (func $write (param i32 i32 i32 i32)))
            (memory (export "memory") 1)
            (data (i32.const 64) "{text}")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
            (func (export "wasi:cli/run@{version}#run") (result i32)
                (call $write (call $stdout) (i32.const 64) (i32.const {length}) (i32.const 8))
                (i32.load8_u (i32.const 8))))"#
    )
}

fn linked_patch() -> u32 {
    WASI_P2.strip_prefix("0.2.").unwrap().parse().unwrap()
}

#[test]
fn the_linked_release_is_the_vendored_one() {
    assert!(Path::new(&format!("wit/deps/wasi-cli-{WASI_P2}")).is_dir());
}

#[test]
fn commands_of_every_release_run() {
    let scratch = Scratch::new();
    for patch in 0..=linked_patch() {
        let bytes = component_in(&wit(patch), "old", &prints(patch));
        worldhost()
            .arg("run")
            .arg(scratch.file("old.wasm", bytes))
            .assert()
            .success()
            .stdout(format!("0.2.{patch}\n"));
    }
}

#[test]
fn every_function_of_every_release_is_linked() {
    let scratch = Scratch::new();
    for patch in 0..=linked_patch() {
        let dir = wit(patch);
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_dir(dir.path()).unwrap();
        let world = resolve.select_world(&[package], Some("old")).unwrap();
        let mut module = wit_component::dummy_module(&resolve, world, ManglingAndAbi::Standard32);
        let utf8 = wit_component::StringEncoding::UTF8;
        wit_component::embed_component_metadata(&mut module, &resolve, world, utf8).unwrap();
        let bytes = ComponentEncoder::default()
            .module(&module)
            .unwrap()
            .encode()
            .unwrap();
        // It has no body: that it traps in `run` says that it was linked.
        let output = worldhost()
            .arg("run")
            .arg(scratch.file("all.wasm", bytes))
            .output()
            .unwrap();
        let line = crate::support::one_line(&output.stderr);
        assert!(
            line.contains(&format!("wasi:cli/run@0.2.{patch} trapped")),
            "{line}"
        );
    }
}

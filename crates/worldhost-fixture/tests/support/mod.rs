//! What the tests share: the built command, the guests, and components made of
//! text for the odd and hostile cases.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod bombs;
#[cfg(unix)]
pub mod cache;
pub mod near;
pub mod need;
pub mod proposals;
pub mod registry;
#[cfg(target_os = "linux")]
pub mod seen;

use assert_cmd::Command;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, UnresolvedPackageGroup, WorldId};

/// The workspace, where the guests are.
pub fn root() -> &'static Path {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates.and_then(Path::parent).unwrap()
}

/// The command, in the workspace, with a cache of its own for each test program.
pub fn worldhost() -> Command {
    Command::from_std(command())
}

/// As [`worldhost`], to be spawned and talked to.
pub fn command() -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"));
    command.current_dir(root());
    command.env_remove("RUST_BACKTRACE");
    let cache = concat!(
        env!("CARGO_TARGET_TMPDIR"),
        "/cache-",
        env!("CARGO_CRATE_NAME")
    );
    command.env("WORLDHOST_CACHE_DIR", cache);
    command.env_remove("WORLDHOST_CACHE_SIZE");
    command
}

/// A committed guest.
pub fn guest(name: &str) -> PathBuf {
    root().join(format!("tests/guests/{name}.wasm"))
}

/// A component of `world` in the WIT text, around a core module given as text.
/// The project's own packages can be used in the WIT.
pub fn component(wit: &str, world: &str, core: &str) -> Vec<u8> {
    encoded(&core_module(wit, world, core))
}

/// As [`component`], before a component is made of it.
pub fn core_module(wit: &str, world: &str, core: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve.push_dir("wit").expect("the project's WIT");
    let group = UnresolvedPackageGroup::parse("test.wit", wit).expect("the test's WIT");
    let package = resolve.push_group(group).expect("the test's WIT resolves");
    with_type(&resolve, package, world, core)
}

/// As [`component`], with all the WIT in a directory.
pub fn component_in(dir: &TempDir, world: &str, core: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(dir.path()).expect("the test's WIT");
    encoded(&with_type(&resolve, package, world, core))
}

/// The core module with the world's types, which a component is made of.
fn with_type(
    resolve: &Resolve,
    package: wit_parser::PackageId,
    world: &str,
    core: &str,
) -> Vec<u8> {
    let world = resolve.select_world(&[package], Some(world)).expect(world);
    let mut module = wat::parse_str(core).expect("the test's core module");
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8).unwrap();
    module
}

fn encoded(module: &[u8]) -> Vec<u8> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .expect("the module fits the world")
        .encode()
        .expect("a component")
}

/// A plugin of the project's world with this text as the body of `process`; the
/// memory's first page is zero, and `realloc` hands out the second and onwards.
pub fn plugin(body: &str) -> Vec<u8> {
    plugin_with("", body)
}

/// Hands out memory from the second page onwards, and takes none back.
const REALLOC: &str = r#"(global $free (mut i32) (i32.const 65536))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (global.get $free))
                (global.set $free (i32.add (global.get $free) (local.get 3)))
                (local.get $at))"#;

/// As [`plugin`], with more fields in the core module.
pub fn plugin_with(fields: &str, body: &str) -> Vec<u8> {
    encoded(&core_plugin(fields, body))
}

/// As [`plugin_with`], before a component is made of it.
pub fn core_plugin(fields: &str, body: &str) -> Vec<u8> {
    let wit = "package test:guest; world guest { import worldhost:plugin/host@0.1.0; \
               include wasi:cli/imports@0.2.12; export process: func(input: string) -> string; }";
    let core = format!(
        r#"(module
            {fields}
            (memory (export "memory") 2)
            {REALLOC}
            (func $process (export "process") (param $ptr i32) (param $len i32) (result i32)
                {body}))"#
    );
    core_module(wit, "guest", &core)
}

/// A file that is gone after the test.
pub struct Scratch(TempDir);

impl Scratch {
    pub fn new() -> Self {
        Scratch(TempDir::new().unwrap())
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn path(&self) -> &std::path::Path {
        self.0.path()
    }
}

/// The one line of an error, or a panic with what was printed instead.
#[track_caller]
pub fn one_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let mut lines = text.lines().filter(|line| line.starts_with("error: "));
    match (lines.next(), lines.next()) {
        (Some(line), None) => line.to_string(),
        _ => panic!("expected one line that begins with `error: `, found:\n{text}"),
    }
}

/// A component of the world `plugin` in the WIT text, which stands alone: it
/// imports everything that the world names and exports functions that trap.
pub fn dummy(wit: &str) -> Vec<u8> {
    let (resolve, world) = wit_world(wit);
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(&resolve, world, mangling);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .expect("the module fits the world")
        .merge_imports_based_on_semver(false)
        .encode()
        .expect("a component")
}

/// The world `plugin` in the WIT text.
pub fn wit_world(wit: &str) -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    let package = resolve
        .push_source("test.wit", wit)
        .unwrap_or_else(|error| panic!("{error:#}\n{wit}"));
    let world = resolve.select_world(&[package], Some("plugin")).unwrap();
    (resolve, world)
}

/// A command of WASI 0.2 with this text as the body of `run`, which is to leave an i32, and
/// more fields in the core module; the memory's first page is zero, and `realloc` hands out
/// the second and onwards.
pub fn wasi_command(fields: &str, body: &str) -> Vec<u8> {
    wasi_command_with("", "", fields, body)
}

/// As [`wasi_command`], with more packages in the WIT and more imports of them.
pub fn wasi_command_with(packages: &str, imports: &str, fields: &str, body: &str) -> Vec<u8> {
    let wit = format!(
        "package test:guest; {packages} world guest {{ include wasi:cli/imports@0.2.12; \
         {imports} export wasi:cli/run@0.2.12; }}"
    );
    let core = format!(
        r#"(module
            {fields}
            (memory (export "memory") 4)
            {REALLOC}
            (func (export "wasi:cli/run@0.2.12#run") (result i32) (local $n i32)
                {body}))"#
    );
    component(&wit, "guest", &core)
}

//! `check` and the linker are of one mind: over every fixture and some hundreds of
//! worlds, each the project's own with something changed, a component fits exactly
//! when it links, has the world's bindings and can be instantiated.

use crate::support::{dummy, guest, wit_world};
use std::collections::BTreeSet;
use worldhost::{Limits, Runtime, Sandbox};
use worldhost_check::{Component, Host, Problem, Prover, Report};
use worldhost_command::Project;
use worldhost_fixture::bindings::PluginPre;
use worldhost_fixture::imports::Imports;
use worldhost_fixture::plugin::Fixture;
use worldhost_wit::{At, Dated, Diff, Inline, Offer, Source, World};

fn runtime() -> Runtime<Imports> {
    worldhost_fixture::runtime(&worldhost::Config::default()).unwrap()
}

fn offer() -> Offer {
    Offer::new(Fixture::WIT).unwrap()
}

/// Whether it can be run, found out by everything short of a call.
async fn runs(runtime: &Runtime<Imports>, bytes: &[u8]) -> worldhost::Result<()> {
    let component = runtime.load_bytes(bytes).await?;
    let pre = component.typed(PluginPre::new)?;
    let data = Imports::default();
    let mut store = component.store(&Sandbox::new(), &Limits::default(), data)?;
    let plugin = store.call("plugin", async |s| pre.instantiate_async(s).await);
    plugin.await.map(drop)
}

/// The project's world as text, in the parts that are changed.
#[derive(Clone)]
struct Wit {
    package: &'static str,
    log: String,
    compute: String,
    process: String,
    /// More lines of the world, and more packages.
    world: String,
    packages: String,
}

impl Default for Wit {
    fn default() -> Self {
        Wit {
            package: "@0.1.0",
            log: "log: func(msg: string);".into(),
            compute: "compute: func(x: s32) -> result<s32, string>;".into(),
            process: "export process: func(input: string) -> string;".into(),
            world: String::new(),
            packages: String::new(),
        }
    }
}

impl Wit {
    fn text(&self) -> String {
        let Wit {
            package,
            log,
            compute,
            process,
            world,
            packages,
        } = self;
        // The host's interface is in a package of its own, so that its version
        // can change alone.
        format!(
            "package test:guest;
             world plugin {{ import worldhost:plugin/host{package}; {process} {world} }}
             package worldhost:plugin{package} {{
               interface host {{
                 record pair {{ a: s32, b: string }}
                 enum level {{ low, high }}
                 {log} {compute}
               }}
             }}
             {packages}"
        )
    }
}

const TYPES: [&str; 12] = [
    "string",
    "s32",
    "u32",
    "s64",
    "f32",
    "bool",
    "char",
    "list<u8>",
    "list<string>",
    "option<string>",
    "tuple<string>",
    "result<string>",
];

/// The host's functions: other types, names, more and fewer.
fn functions() -> Vec<Wit> {
    let mut worlds = Vec::new();
    let mut log = |log: String| {
        worlds.push(Wit {
            log,
            ..Wit::default()
        });
    };
    for ty in TYPES {
        log(format!("log: func(msg: {ty});"));
        log(format!("log: func(msg: string) -> {ty};"));
        log(format!("log: func(msg: string, more: {ty});"));
    }
    for changed in [
        "",
        "log: func();",
        "log: func(text: string);",
        "log: async func(msg: string);",
        "logs: func(msg: string);",
        "log: func(msg: pair);",
        "log: func(msg: level);",
        "log: func(msg: string); flush: func();",
        "log: func(msg: string); resource line { constructor(); }",
    ] {
        log(changed.to_string());
    }
    for param in ["s32", "u32", "s64", "string"] {
        for result in [
            "",
            "-> result",
            "-> s32",
            "-> result<s32>",
            "-> result<_, string>",
            "-> result<s32, string>",
            "-> result<s32, level>",
            "-> result<pair, string>",
        ] {
            worlds.push(Wit {
                compute: format!("compute: func(x: {param}) {result};"),
                ..Wit::default()
            });
        }
    }
    worlds
}

/// The world's export.
fn exports() -> Vec<Wit> {
    let mut processes = vec![
        String::new(),
        "export processes: func(input: string) -> string;".into(),
        "export process: func(text: string) -> string;".into(),
        "export process: func() -> string;".into(),
        "export process: func(input: string);".into(),
        "export process: func(input: string, n: u32) -> string;".into(),
        "export process: interface { process: func(input: string) -> string; }".into(),
        "export process: func(input: string) -> string; export more: func();".into(),
    ];
    for ty in TYPES {
        processes.push(format!("export process: func(input: {ty}) -> string;"));
        processes.push(format!("export process: func(input: string) -> {ty};"));
    }
    let world = |process| Wit {
        process,
        ..Wit::default()
    };
    processes.into_iter().map(world).collect()
}

/// Versions of the host's package, with what else may be wrong.
fn versions() -> Vec<Wit> {
    let mut worlds = Vec::new();
    for package in [
        "",
        "@0.1.0",
        "@0.1.7",
        "@0.1.0-rc.1",
        "@0.2.0",
        "@0.0.1",
        "@1.0.0",
        "@0.1.0+build",
    ] {
        for log in [
            "log: func(msg: string);",
            "log: func(msg: u8);",
            "bye: func();",
        ] {
            for process in [Wit::default().process, String::new()] {
                worlds.push(Wit {
                    package,
                    log: log.to_string(),
                    process,
                    ..Wit::default()
                });
            }
        }
    }
    worlds
}

/// WASI in many versions, true to it or not, and interfaces that nobody knows.
fn packages() -> Vec<Wit> {
    let mut worlds = Vec::new();
    let mut add = |package: &str, version: &str, import: &str, interfaces: &str| {
        worlds.push(Wit {
            world: format!("import {package}/{import}@{version};"),
            packages: format!("package {package}@{version} {{ {interfaces} }}"),
            ..Wit::default()
        });
    };
    for version in [
        "0.2.0",
        "0.2.12",
        "0.2.99",
        "0.2.0-rc-2023-11-10",
        "0.3.0",
        "0.3.7",
        "0.4.0",
        "1.0.0",
    ] {
        for random in [
            "get-random-bytes: func(len: u64) -> list<u8>;",
            "get-random-bytes: func(len: u32) -> list<u8>;",
            "get-random-bytes: func(max-len: u64) -> list<u8>;",
            "get-random-u64: func() -> u64;",
            "get-random-u64: func() -> u64; get-random-u128: func() -> tuple<u64, u64>;",
        ] {
            let interface = format!("interface random {{ {random} }}");
            add("wasi:random", version, "random", &interface);
        }
        for pollable in [
            "resource pollable { ready: func() -> bool; block: func(); }",
            "resource pollable { ready: func() -> u32; }",
            "resource pollable { block: func(); wake: func(); }",
            "resource pollable { constructor(); }",
            "resource poll-table; poll: func(in: list<borrow<poll-table>>) -> list<u32>;",
            "resource pollable; poll: func(in: list<borrow<pollable>>) -> list<u32>;",
            "resource pollable; poll: func(in: list<pollable>) -> list<u32>;",
        ] {
            let interface = format!("interface poll {{ {pollable} }}");
            add("wasi:io", version, "poll", &interface);
        }
        let streams = "interface error { resource error { to-debug-string: func() -> string; } }
            interface streams {
              use error.{error};
              variant stream-error { last-operation-failed(error), closed }
              resource input-stream { read: func(len: u64) -> result<list<u8>, stream-error>; }
            }";
        add("wasi:io", version, "streams", streams);
        add(
            "wasi:io",
            version,
            "streams",
            &streams.replace("closed", "ended"),
        );
    }
    let run = "interface run { record r { a: u8 } run: func() -> result; }";
    add("acme:tools", "1.0.0", "run", run);
    add(
        "acme:tools",
        "1.0.0",
        "types",
        "interface types { record r { a: u8 } }",
    );
    add(
        "acme:tools",
        "1.0.0",
        "types",
        "interface types { resource r; }",
    );
    worlds
}

/// What should make no difference: fewer imports, other names of parameters,
/// compatible versions, more exports.
fn harmless() -> Vec<Wit> {
    let mut worlds = Vec::new();
    for package in ["@0.1.0", "@0.1.7", "@0.1.99+build"] {
        for (log, compute) in [
            ("", "compute: func(x: s32) -> result<s32, string>;"),
            (
                "",
                "type number = s32; compute: func(x: number) -> result<number, string>;",
            ),
            ("log: func(line: string);", ""),
            (
                "log: func(m: string);",
                "compute: func(n: s32) -> result<s32, string>;",
            ),
        ] {
            for world in [
                "",
                "import wasi:random/random@0.2.5;",
                "export other: func(v: u64) -> list<u64>;",
                "export api: interface { resource thing { constructor(); } }",
            ] {
                let packages = match world.contains("random") {
                    true => {
                        "package wasi:random@0.2.5 {
                        interface random { get-random-u64: func() -> u64; }
                    }"
                    }
                    false => "",
                };
                worlds.push(Wit {
                    package,
                    log: log.into(),
                    compute: compute.into(),
                    world: world.into(),
                    packages: packages.into(),
                    ..Wit::default()
                });
            }
        }
    }
    worlds
}

#[tokio::test]
async fn check_says_fits_exactly_when_the_linker_accepts() {
    let (runtime, offer) = (runtime(), offer());
    let host = Host::new(&runtime, &offer, Fixture::WORLD);
    let world = offer.project_world(Fixture::WORLD).unwrap();
    let mut worlds = BTreeSet::new();
    for family in [functions(), exports(), versions(), packages(), harmless()] {
        worlds.extend(family.iter().map(Wit::text));
    }
    let (mut fit, mut misfit) = (0, 0);
    for text in &worlds {
        let bytes = dummy(text);
        let report = host.check("test", &bytes, Some(&world)).unwrap();
        let verdict = runs(&runtime, &bytes).await;
        assert_eq!(
            report.fits,
            verdict.is_ok(),
            "{text}\n{report:#?}\n{verdict:?}"
        );
        match report.fits {
            true => fit += 1,
            false => misfit += 1,
        }
        explains(text, &report);
    }
    assert!(worlds.len() >= 200, "{} worlds", worlds.len());
    assert!(fit >= 70 && misfit >= 150, "{fit} fit, {misfit} do not");
}

/// What is proved of two worlds is what happens: a component of the one, and the host that
/// was compiled for the other.
#[tokio::test]
async fn a_proof_is_what_the_linker_of_the_host_does() {
    let runtime = runtime();
    let prover = Prover::new().unwrap();
    let new = worldhost_wit::Wit::from_path(std::path::Path::new("wit")).unwrap();
    let new = Dated {
        wit: &new,
        world: new.world(Some(Fixture::WORLD)).unwrap(),
    };
    let mut worlds = BTreeSet::new();
    for family in [functions(), exports(), versions(), harmless()] {
        worlds.extend(family.iter().map(Wit::text));
    }
    let (mut load, mut fail) = (0, 0);
    for text in &worlds {
        let source = Source {
            paths: Vec::new(),
            inline: Some(Inline {
                name: "old".into(),
                before: 0,
                text: text.clone(),
            }),
        };
        let old = worldhost_wit::Wit::read(&source, At::Now).unwrap();
        let old = Dated {
            wit: &old,
            world: old.world(Some("plugin")).unwrap(),
        };
        let diff = Diff::between(old, new).proved(old, new, &prover);
        let verdict = runs(&runtime, &dummy(text)).await;
        assert!(diff.verdict.proved, "{text}\n{diff}");
        assert_eq!(
            diff.verdict.loads,
            verdict.is_ok(),
            "{text}\n{diff}\n{verdict:?}"
        );
        match verdict {
            Ok(()) => load += 1,
            Err(_) => fail += 1,
        }
    }
    assert!(load >= 20 && fail >= 80, "{load} load, {fail} do not");
}

/// A misfit names its item, and a changed type shows both.
#[track_caller]
fn explains(text: &str, report: &Report) {
    for misfit in &report.misfits {
        assert!(
            misfit.interface.is_some() || misfit.item.is_some(),
            "{text}\n{misfit}"
        );
        if misfit.problem == Problem::Type {
            assert!(misfit.component.is_some(), "{text}\n{misfit:#?}");
            assert!(misfit.host.is_some(), "{text}\n{misfit:#?}");
            assert!(misfit.detail.is_some(), "{text}\n{misfit:#?}");
        }
    }
}

#[tokio::test]
async fn check_and_the_linker_agree_on_every_fixture() {
    let (runtime, offer) = (runtime(), offer());
    let host = Host::new(&runtime, &offer, Fixture::WORLD);
    let world = offer.project_world(Fixture::WORLD).unwrap();
    for (name, fits, plugin) in [
        ("plugin-rust", true, true),
        ("plugin-c", true, true),
        ("command", true, false),
        ("command-p3", true, false),
        ("connect", true, false),
        ("fetch", true, false),
        ("all-types", false, false),
        ("all-types-self", false, false),
        ("inventory", false, false),
    ] {
        let bytes = std::fs::read(guest(name)).unwrap();
        let own = host.check(name, &bytes, None).unwrap();
        assert_eq!(own.fits, fits, "{name}: {own:#?}");
        let as_plugin = host.check(name, &bytes, Some(&world)).unwrap();
        assert_eq!(as_plugin.fits, plugin, "{name}: {as_plugin:#?}");
        assert_eq!(runs(&runtime, &bytes).await.is_ok(), plugin, "{name}");
    }
}

/// Against a world alone the answer is that of wit-component, which knows only
/// exact versions, so these have one version each.
#[test]
fn a_check_against_a_world_agrees_with_wit_component() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut texts: Vec<String> = functions().iter().step_by(5).map(Wit::text).collect();
    texts.extend(exports().iter().step_by(4).map(Wit::text));
    let components: Vec<Vec<u8>> = texts.iter().map(|text| dummy(text)).collect();
    let (mut fit, mut misfit) = (0, 0);
    for text in &texts {
        std::fs::write(dir.path().join("world.wit"), text).unwrap();
        let world = World::from_dir(dir.path(), Some("plugin")).unwrap();
        let (resolve, id) = wit_world(text);
        for (other, component) in texts.iter().zip(&components) {
            let report = Component::read("test", component).unwrap().against(&world);
            let oracle = wit_component::targets(&resolve, id, component);
            assert_eq!(
                report.fits,
                oracle.is_ok(),
                "{other}\nagainst\n{text}\n{report:#?}\n{oracle:?}"
            );
            match report.fits {
                true => fit += 1,
                false => misfit += 1,
            }
        }
    }
    assert!(fit >= 30 && misfit >= 200, "{fit} fit, {misfit} do not");
}

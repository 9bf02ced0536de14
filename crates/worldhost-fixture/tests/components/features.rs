//! Components made with proposals: `check` says that they fit exactly when they load,
//! whatever is on, and every command names what is off and whether it can be turned on.

use crate::support::proposals::{proposals, with_proposal};
use crate::support::{Scratch, dummy, one_line, worldhost};
use std::collections::BTreeSet;
use worldhost::{Config, Error, Proposal, Proposals, Runtime, Standing};
use worldhost_check::{Host, Report, inspect};
use worldhost_command::Project;
use worldhost_fixture::bindings::PluginPre;
use worldhost_fixture::imports::Imports;
use worldhost_fixture::plugin::Fixture;
use worldhost_wit::Offer;

fn runtime(proposals: &Proposals) -> Runtime<Imports> {
    let mut config = Config::default();
    config.proposals = proposals.clone();
    worldhost_fixture::runtime(&config).unwrap()
}

fn all() -> Vec<(usize, Proposal)> {
    let named = proposals().map(|name| name.parse().unwrap());
    named.enumerate().collect()
}

fn fitting() -> Vec<u8> {
    dummy(
        "package test:guest;
         world plugin { export process: func(input: string) -> string; }",
    )
}

fn check(runtime: &Runtime<Imports>, bytes: &[u8]) -> Report {
    let offer = Offer::new(Fixture::WIT).unwrap();
    let host = Host::new(runtime, &offer, Fixture::WORLD);
    host.check("test", bytes, None).unwrap()
}

fn lacks(report: &Report) -> Vec<&str> {
    report
        .lacks
        .iter()
        .map(|lack| lack.proposal.as_str())
        .collect()
}

#[test]
fn there_is_something_for_every_proposal() {
    let known: BTreeSet<_> = all().into_iter().map(|(_, proposal)| proposal).collect();
    let missing = Proposal::all().filter(|proposal| !known.contains(proposal));
    let missing: Vec<&str> = missing.map(|proposal| proposal.name()).collect();
    // Every component is of the one, and no text has the other.
    assert_eq!(missing, ["call-indirect-overlong", "component-model"]);
}

#[tokio::test]
async fn what_is_off_is_lacking_and_what_is_on_is_not() {
    let defaults = Proposals::default();
    let runtime_as_it_is = runtime(&defaults);
    let fitting = fitting();
    assert!(check(&runtime_as_it_is, &fitting).fits);
    for (index, proposal) in all() {
        let bytes = with_proposal(&fitting, index);
        let on = defaults.has(proposal);
        let report = check(&runtime_as_it_is, &bytes);
        assert_eq!(report.fits, on, "{proposal}: {report:#?}");
        let loaded = runtime_as_it_is.load_bytes(bytes.clone()).await;
        match loaded {
            Ok(_) => assert!(on, "{proposal}"),
            Err(Error::Lacks { proposals, .. }) => assert_eq!(proposals, [proposal]),
            Err(other) => panic!("{proposal}: {other}"),
        }
        let found = inspect("test", &bytes, &defaults).unwrap();
        let wanted: &[&str] = if on { &[] } else { &[proposal.name()] };
        let found: Vec<&str> = found.lacks.iter().map(|l| l.proposal.as_str()).collect();
        assert_eq!(found, wanted);
        assert_eq!(lacks(&report), wanted);
        if !proposal.is_optional() {
            continue;
        }
        // The other way round.
        let mut other = Proposals::default();
        other.set(proposal, !on);
        // These cannot be without those.
        for (without, also) in [
            (
                "reference-types",
                &["function-references", "gc", "exceptions"][..],
            ),
            (
                "bulk-memory",
                &["reference-types", "function-references", "gc", "exceptions"],
            ),
            ("simd", &["relaxed-simd"]),
            ("function-references", &["gc"]),
        ] {
            if proposal.name() == without {
                also.iter()
                    .for_each(|name| other.set(name.parse().unwrap(), false));
            }
        }
        let Ok(changed) = worldhost_fixture::runtime(&config(&other)) else {
            panic!("{proposal}: no engine");
        };
        let report = check(&changed, &bytes);
        let loaded = changed.load_bytes(bytes).await;
        assert_eq!(report.fits, !on, "{proposal}: {report:#?}");
        assert_eq!(
            report.fits,
            loaded.is_ok(),
            "{proposal}: {:?}",
            loaded.err()
        );
        if on {
            assert!(lacks(&report).contains(&proposal.name()), "{report:#?}");
        }
    }
}

fn config(proposals: &Proposals) -> Config {
    let mut config = Config::default();
    config.proposals = proposals.clone();
    config
}

/// What a component says that is valid, and that Wasmtime has not got to.
#[tokio::test]
async fn what_wasmtime_refuses_is_not_called_invalid() {
    let mut proposals = Proposals::default();
    proposals.set("component-model-memory64".parse().unwrap(), true);
    let runtime = runtime(&proposals);
    for (component, words) in [
        (
            "(component (core func (canon context.get i64 0)))",
            "unsupported context.get type: I64",
        ),
        (
            r#"(component (component $c) (export "c" (component $c)))"#,
            "exporting a component from the root component is not supported",
        ),
        (
            r#"(component (import "f" (func $f)) (export "g" (func $f)))"#,
            "component export `g` is a reexport of an imported function which is not implemented",
        ),
    ] {
        let bytes = wat::parse_str(component).unwrap();
        match runtime.load_bytes(bytes.clone()).await {
            Err(Error::Refused { message, .. }) => assert_eq!(message, words),
            other => panic!("{component}: {:?}", other.err()),
        }
        let report = check(&runtime, &bytes);
        assert_eq!(report.refused.as_deref(), Some(words));
        assert!(!report.fits);
        let scratch = Scratch::new();
        let file = scratch.file("c.wasm", &bytes);
        let run = worldhost()
            .args(["run", "-Wcomponent-model-memory64"])
            .arg(&file)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(126));
        let line = one_line(&run.stderr);
        let ends = format!("is valid, but Wasmtime cannot run it: {words}");
        assert!(line.ends_with(&ends), "{line}");
    }
}

/// Worlds of many kinds, with something beside them that needs a proposal.
#[tokio::test]
async fn check_and_loading_agree_over_worlds_and_proposals() {
    let worlds = [
        "export process: func(input: string) -> string;",
        "export process: func(input: u32) -> string;",
        "import log: func(); export process: func(input: string) -> string;",
        "import wasi:random/random@0.2.5; export process: func(input: string) -> string;",
        "import wasi:random/random@0.4.0; export process: func(input: string) -> string;",
        "import tools: interface { resource tool { constructor(); } } export run: func();",
        "export api: interface { resource thing { constructor(); } }",
        "",
    ];
    let random = |version: &str| {
        format!(
            "package wasi:random@{version} {{ interface random {{ get-random-u64: func() -> u64; }} }}"
        )
    };
    let mut everything = Proposals::default();
    let optional = Proposal::all().filter(|proposal| proposal.standing() == Standing::Off);
    optional.for_each(|proposal| everything.set(proposal, true));
    let mut tried = 0;
    for proposals in [Proposals::default(), everything] {
        let runtime = runtime(&proposals);
        let offer = Offer::new(Fixture::WIT).unwrap();
        let host = Host::new(&runtime, &offer, Fixture::WORLD);
        let world = offer.project_world(Fixture::WORLD).unwrap();
        for text in worlds {
            let versions = ["0.2.5", "0.4.0"].into_iter();
            let used = versions
                .filter(|version| text.contains(version))
                .map(random);
            let used = used.collect::<String>();
            let component = dummy(&format!(
                "package test:guest; world plugin {{ {text} }} {used}"
            ));
            for (index, proposal) in all() {
                let bytes = with_proposal(&component, index);
                let report = host.check("test", &bytes, Some(&world)).unwrap();
                let loaded = runtime.load_bytes(bytes).await;
                let typed = loaded.and_then(|c| c.typed(PluginPre::new).map(drop));
                assert_eq!(
                    report.fits,
                    typed.is_ok(),
                    "{text}, {proposal}: {report:#?}\n{:?}",
                    typed.err()
                );
                assert_eq!(lacks(&report).is_empty(), proposals.has(proposal));
                tried += 1;
            }
        }
    }
    assert!(tried >= 600, "{tried}");
}

#[test]
fn every_command_names_what_is_off_and_what_to_do() {
    let scratch = Scratch::new();
    let fitting = fitting();
    let lacking = |name: &str| {
        let index = proposals().position(|proposal| proposal == name).unwrap();
        scratch.file(&format!("{name}.wasm"), with_proposal(&fitting, index))
    };
    let wide = lacking("wide-arithmetic");
    let threads = lacking("threads");
    let says = |args: &[&str], file: &std::path::Path| {
        let output = worldhost().args(args).arg(file).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let commands: [&[&str]; 6] = [
        &["run"],
        &["process"],
        &["call", "--list"],
        &["check"],
        &["compile", "-o", "/dev/null"],
        &["inspect"],
    ];
    for command in commands {
        let code = if command[0] == "inspect" { 0 } else { 126 };
        // A list needs no code.
        let code = if command[0] == "call" { 0 } else { code };
        let (found, text) = says(command, &wide);
        assert_eq!(found, Some(code), "{command:?}: {text}");
        if command[0] != "call" {
            assert!(text.contains("wide arithmetic (wide-arithmetic)"), "{text}");
            assert!(
                text.contains("turn it on with -W wide-arithmetic"),
                "{text}"
            );
        }
        let (found, text) = says(command, &threads);
        assert_eq!(found, Some(code), "{command:?}: {text}");
        if command[0] != "call" {
            assert!(text.contains("cannot turn threads on"), "{text}");
            assert!(!text.contains("-W"), "{text}");
        }
        assert!(!text.contains("not a valid component"), "{text}");
    }
    // With what is advised it goes on.
    let (code, text) = says(&["check", "-W", "wide-arithmetic"], &wide);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = says(&["process", "-W", "wide-arithmetic"], &wide);
    assert_eq!(code, Some(0), "{text}");
    // And with the cache that this has filled.
    let (code, text) = says(&["process"], &wide);
    assert_eq!(code, Some(126), "{text}");
    let (code, text) = says(&["process", "-W", "threads"], &wide);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("cannot be turned on in this host"), "{text}");
    let (code, text) = says(&["process", "-W", "simd=n"], &wide);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("the proposals cannot be set like this"),
        "{text}"
    );
}

/// Each proposal is in one of the document's parts, by its standing.
#[test]
fn the_document_says_what_is_on() {
    let text = std::fs::read_to_string(crate::support::root().join("docs/features.md")).unwrap();
    let (on, rest) = text.split_once("\n## Off").unwrap();
    let (off, absent) = rest.split_once("\n## Not there").unwrap();
    let (on, always) = on.split_once("\nAlways on").unwrap();
    for proposal in Proposal::all() {
        let part = match proposal.standing() {
            Standing::On => on,
            Standing::Fixed => always,
            Standing::Off => off,
            _ => absent,
        };
        assert!(part.contains(&format!("`{proposal}`")), "{proposal}");
    }
}

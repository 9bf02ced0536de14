//! What WASI marks as unstable: a grant where the linked Wasmtime can provide it, and
//! elsewhere the reason.

use crate::support::{Scratch, one_line, worldhost};
use std::process::Output;
use worldhost::{Config, Runtime, Unstable};
use worldhost_check::{Host, Remedy};
use worldhost_command::Project;
use worldhost_fixture::imports::Imports;
use worldhost_fixture::plugin::Fixture;
use worldhost_wit::Offer;

/// A command that imports this, and does nothing with it.
fn importing(import: &str) -> Vec<u8> {
    let text = format!(
        r#"(component {import}
            (core module $m (func (export "run") (result i32) i32.const 0))
            (core instance $i (instantiate $m))
            (func $run (result (result)) (canon lift (core func $i "run")))
            (instance $r (export "run" (func $run)))
            (export "wasi:cli/run@0.2.12" (instance $r)))"#
    );
    wat::parse_str(text).unwrap()
}

fn network() -> Vec<u8> {
    let errors = [
        "unknown",
        "access-denied",
        "not-supported",
        "invalid-argument",
        "out-of-memory",
        "timeout",
        "concurrency-conflict",
        "not-in-progress",
        "would-block",
        "invalid-state",
        "new-socket-limit",
        "address-not-bindable",
        "address-in-use",
        "remote-unreachable",
        "connection-refused",
        "connection-reset",
        "connection-aborted",
        "datagram-too-large",
        "name-unresolvable",
        "temporary-resolver-failure",
        "permanent-resolver-failure",
    ];
    let cases: String = errors.iter().map(|error| format!("{error:?} ")).collect();
    importing(&format!(
        r#"(import "wasi:io/error@0.2.12" (instance $e (export "error" (type (sub resource)))))
        (alias export $e "error" (type $error))
        (import "wasi:sockets/network@0.2.12" (instance
            (alias outer 1 $error (type $e))
            (export "error" (type $error (eq $e)))
            (type $c (enum {cases})) (export "error-code" (type $code (eq $c)))
            (export "network-error-code"
                (func (param "err" (borrow $error)) (result (option $code))))))"#
    ))
}

/// Of any release: the fixture is that of the linked one.
fn timezone(version: &str) -> Vec<u8> {
    importing(&format!(
        r#"(import "wasi:clocks/timezone@{version}" (instance (export "f" (func))))"#
    ))
}

fn run(args: &[&str], component: Vec<u8>) -> Output {
    let scratch = Scratch::new();
    let file = scratch.file("c.wasm", component);
    worldhost().args(args).arg(file).output().unwrap()
}

#[test]
fn the_error_of_a_network_is_a_grant() {
    let output = run(&["run"], network());
    assert_eq!(output.status.code(), Some(126));
    let line = one_line(&output.stderr);
    assert!(line.contains("unstable in WASI, and off here"), "{line}");
    assert!(line.contains("-S network-error-code"), "{line}");
    assert!(!line.contains("against WASI"), "{line}");

    let output = run(&["run", "-S", "network-error-code"], network());
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    let output = run(&["check"], network());
    assert_eq!(output.status.code(), Some(126));
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(
        words.contains("turn it on with -S network-error-code"),
        "{words}"
    );
    let output = run(&["check", "-Snetwork-error-code=y"], network());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn an_interface_that_is_not_provided_has_not_the_wrong_version() {
    for (version, release) in [("0.2.12", true), ("0.3.0", true), ("0.4.0", false)] {
        for command in ["run", "check"] {
            let output = run(&[command], timezone(version));
            assert_eq!(output.status.code(), Some(126));
            let words = [output.stdout, output.stderr].concat();
            let words = String::from_utf8(words).unwrap();
            assert!(words.contains("unstable") || !release, "{words}");
            assert!(words.contains("build the component without it"), "{words}");
            assert!(!words.contains("against WASI") || !release, "{words}");
            assert!(!words.contains("this host has WASI") || !release, "{words}");
        }
    }
}

/// A name of WASI's packages that no release has is not called an old version.
#[test]
fn an_unknown_interface_of_the_linked_release_is_just_missing() {
    let import = r#"(import "wasi:clocks/sundial@0.2.12" (instance (export "f" (func))))"#;
    let output = run(&["run"], importing(import));
    assert_eq!(output.status.code(), Some(126));
    let line = one_line(&output.stderr);
    assert!(
        line.contains("nothing provides wasi:clocks/sundial@0.2.12"),
        "{line}"
    );
    assert!(!line.contains("this host has WASI"), "{line}");
}

#[tokio::test]
async fn an_embedder_sets_it_too() {
    let offer = Offer::new(Fixture::WIT).unwrap();
    for on in [false, true] {
        let mut config = Config::default();
        assert!(config.unstable.set(Unstable::FEATURES[0], on));
        let runtime: Runtime<Imports> = worldhost_fixture::runtime(&config).unwrap();
        let loaded = runtime.load_bytes(network()).await;
        assert_eq!(loaded.is_ok(), on, "{:?}", loaded.err());
        let host = Host::new(&runtime, &offer, Fixture::WORLD);
        let report = host.check("test", &network(), None).unwrap();
        assert_eq!(report.fits, on, "{report:#?}");
        for misfit in &report.misfits {
            assert_eq!(
                misfit.remedy,
                Remedy::Unstable {
                    feature: "network-error-code".into(),
                    optional: true
                }
            );
        }
    }
}

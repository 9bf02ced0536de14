//! Components that others made for their tests, and odd ones: no command panics on any,
//! each ends with 0 or 126, and `check` says that the imports fit when they link.

use crate::support::registry::package;
use crate::support::{Scratch, worldhost};
use worldhost::{Config, Error, Proposal, Proposals, Runtime, Source, Standing};
use worldhost_call::callables;
use worldhost_check::{Host, Side, inspect};
use worldhost_command::Project;
use worldhost_fixture::imports::Imports;
use worldhost_fixture::plugin::Fixture;
use worldhost_wit::Offer;

/// The components of wit-component's own tests, whose sources every build has.
fn suite() -> Vec<(String, Vec<u8>)> {
    let dir = package("wit-component").join("tests/components");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&dir).unwrap() {
        let file = entry.unwrap().path().join("component.wat");
        if file.exists() {
            let name = file.strip_prefix(&dir).unwrap().display().to_string();
            found.push((name, wat::parse_file(&file).unwrap()));
        }
    }
    found
}

fn everything() -> Proposals {
    let mut proposals = Proposals::default();
    let off = Proposal::all().filter(|proposal| proposal.standing() == Standing::Off);
    off.for_each(|proposal| proposals.set(proposal, true));
    proposals
}

/// Checks, inspects, lists and loads each. Gives how many load.
async fn agree(components: &[(String, Vec<u8>)], proposals: &Proposals) -> usize {
    let mut config = Config::default();
    config.proposals = proposals.clone();
    let runtime: Runtime<Imports> = worldhost_fixture::runtime(&config).unwrap();
    let offer = Offer::new(Fixture::WIT).unwrap();
    let host = Host::new(&runtime, &offer, Fixture::WORLD);
    let mut fit = 0;
    for (name, bytes) in components {
        let loaded = runtime.load_bytes(bytes.clone()).await;
        let report = match (host.check(name, bytes, None), &loaded) {
            (Ok(report), _) => report,
            (Err(_), Err(Error::WitPackage { .. } | Error::Invalid { .. })) => continue,
            (Err(error), _) => panic!("{name}: {error}"),
        };
        let mut sides = report.misfits.iter().map(|misfit| misfit.side);
        let fits = sides.all(|side| side == Side::Export)
            && report.lacks.is_empty()
            && report.refused.is_none();
        let error = loaded.as_ref().err();
        assert_eq!(fits, error.is_none(), "{name}: {report:#?}\n{error:?}");
        fit += usize::from(fits);
        inspect(name, bytes, proposals).unwrap_or_else(|error| panic!("{name}: {error}"));
        let listed = callables(&runtime, &Source::from_bytes(name.as_str(), bytes.clone()));
        assert!(listed.is_ok() || !fits, "{name}: {:?}", listed.err());
    }
    fit
}

/// Through the commands, which must end as they are to.
fn end_well(components: &[(String, Vec<u8>)]) {
    let scratch = Scratch::new();
    for (name, bytes) in components {
        let file = scratch.file("c.wasm", bytes);
        for args in [&["check"][..], &["inspect"], &["call", "--list"], &["run"]] {
            let output = worldhost().args(args).arg(&file).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!said.contains("panicked"), "{args:?} {name}: {said}");
            assert!(
                !said.contains("not a valid component"),
                "{args:?} {name}: {said}"
            );
            let code = output.status.code();
            assert!(
                code == Some(0) || code == Some(126),
                "{args:?} {name}: {code:?} {said}"
            );
        }
    }
}

#[tokio::test]
async fn the_components_of_wit_component() {
    let suite = suite();
    assert!(suite.len() >= 75, "{}", suite.len());
    let fit = agree(&suite, &Proposals::default()).await;
    let more = agree(&suite, &everything()).await;
    println!(
        "{} components, {fit} load, and {more} with all proposals",
        suite.len()
    );
    assert!(fit >= 20 && more > fit, "{fit} {more}");
    end_well(&suite);
}

#[tokio::test]
async fn odd_components() {
    let named = ODD.iter().map(|text| {
        let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        (text.to_string(), bytes)
    });
    let odd: Vec<_> = named.collect();
    agree(&odd, &Proposals::default()).await;
    agree(&odd, &everything()).await;
    end_well(&odd);
}

/// Each is valid, and strange in its own way.
const ODD: &[&str] = &[
    r#"(component (import "f" (func async)))"#,
    r#"(component (import "r" (type $r (sub resource))) (type $o (borrow $r)) (import "o" (type (eq $o))))"#,
    r#"(component (import "a" (instance (export "b" (component)))))"#,
    r#"(component (type $f (component)) (import "f" (type (eq $f))))"#,
    r#"(component (import "a" (instance (type $c (component)) (export "b" (type (eq $c))))))"#,
    r#"(component (import "a:b/c" (instance $i (export "r" (type (sub resource))))) (alias export $i "r" (type $r)) (import "a:b/d" (instance (export "r2" (type (eq $r))) (export "f" (func (param "x" (own $r)))))))"#,
    r#"(component (import "unlocked-dep=<a:b@{>=1.0.0}>" (component)))"#,
    r#"(component (import "unlocked-dep=<a:b>" (func)))"#,
    r#"(component (@custom "package-docs" "\01{") (import "a" (func)))"#,
    r#"(component (@custom "package-docs" "\01{}") (@custom "package-docs" "\01{}"))"#,
    r#"(component (import "f" (func (param "e" error-context))))"#,
    r#"(component (core module $m (func (export "f"))) (core instance $i (instantiate $m)) (func (export "a:b/c") (canon lift (core func $i "f"))))"#,
    r#"(component (import "a:b/c" (func)))"#,
    r#"(component (type $f (func)) (import "f" (type (eq $f))))"#,
    r#"(component (type $f (func)) (export "f" (type $f)))"#,
    r#"(component (import "integrity=<sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=>" (func)))"#,
    r#"(component (import "one" (implements "a:b/c") (instance (export "f" (func)))) (import "two" (implements "a:b/c") (instance (export "f" (func)))))"#,
    r#"(component (import "a:b/c" (instance (export "f" (func)))) (export "one" (implements "a:b/c") (instance 0)))"#,
    r#"(component (type $f (instance)) (import "f" (type (eq $f))))"#,
    r#"(component (type $f (instance)) (export "f" (type $f)))"#,
    r#"(component (import "locked-dep=<a:b@1.0.0>" (func)))"#,
    r#"(component (import "f" (func (param "m" (map string u8)) (param "l" (list u8 4)))))"#,
    r#"(component (import "a" (instance (export "r" (type $r (sub resource))) (export "[constructor]r" (func (result (own $r)))) (export "[static]r.s" (func)) )))"#,
    r#"(component (import "a" (instance (export "b" (core module)))))"#,
    r#"(component (import "a" (instance (export "b" (instance (export "f" (func)))))))"#,
    r#"(component (import "a:b:c/d/e" (instance)))"#,
    r#"(component (import "r" (type $r (sub resource))) (type $o (own $r)) (import "o" (type $p (eq $o))) (import "f" (func (param "x" $p))))"#,
    r#"(component (type (component)) (export "w" (type 0)))"#,
    r#"(component (type (component (export "x" (func)))) (export "w" (type 0)))"#,
    r#"(component (type $f u8) (export "f" (type $f)))"#,
    r#"(component (type $f u8) (import "f" (type $g (eq $f))) (import "h" (type (eq $g))))"#,
    r#"(component (component $c (type $t (record (field "x" u8))) (export "t" (type $t))) (instance $i (instantiate $c)) (export "a:b/c" (instance $i)) (export "a:b/d" (instance $i)))"#,
    r#"(component (import "r" (type $r (sub resource))) (import "[method]r.f" (func (param "self" (borrow $r)))))"#,
    r#"(component (import "a:b/c" (instance $i (export "f" (func)))) (export "a:b/c" (instance $i)))"#,
    r#"(component (import "a:b/c" (instance $i (type $t (record (field "x" u8))) (export "r" (type (eq $t))))) (export "a:b/c" (instance $i)))"#,
    r#"(component (import "a:b/c" (instance $i (export "r" (type (sub resource))))) (export "a:b/c" (instance $i)))"#,
    r#"(component (type (component (import "a" (func)))) (export "w" (type 0)))"#,
    r#"(component (type $f (future u8)) (import "f" (func (param "x" (stream)) (param "y" (future)) (result (stream $f)))))"#,
    r#"(component (type $f (tuple u8 u8)) (import "f" (type $g (eq $f))) (import "h" (func (param "x" $g))))"#,
    r#"(component (import "a:b/c" (instance $i (export "r" (type (sub resource))))) (export "x" (instance $i)) (export "y" (instance $i)))"#,
    r#"(component (type $t (record (field "x" u8))) (import "a:b/t" (type (eq $t))))"#,
    r#"(component (import "FOO-bar" (func (param "A" u8))))"#,
    r#"(component (import "url=<https://f>" (func)))"#,
    r#"(component (import "url=<https://f>" (instance)))"#,
    r#"(component (type (component (type (component)) (export "w" (component (type 0))))) (export "a:b/wit" (type 0)))"#,
    r#"(component (import "f" (value $f u8)) (export "g" (value $f)))"#,
    r#"(component (import "a:b/c@1.0.0" (instance (export "f" (func)))) (import "a:b/c@1.0.1" (instance (export "g" (func)))) )"#,
    r#"(component (import "a:b/c@1.0.0" (instance (export "f" (func)))) (import "a:b/c@1.0.0+x" (instance (export "g" (func)))) )"#,
    r#"(component (import "a:b/c@1.0.0" (instance $i (type $t (record (field "x" u8))) (export "t" (type (eq $t))) )) (export "a:b/c@1.0.1" (instance $i)))"#,
    r#"(component (import "wasi:cli/run@0.2.0" (instance $i (export "run" (func (result (result)))))) (export "wasi:cli/run@0.2.0" (instance $i)))"#,
];

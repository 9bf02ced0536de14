//! What `worldhost wit diff` says is to be done in a host, done as it is said, compiles:
//! random worlds and random changes, of hosts that are laid out in several ways.
//!
//! All of them are modules of one crate, which rustc reads with the real bindings.
//! `WIT_CHANGES` is how many changes there are, and `WIT_SEED` where the numbers begin.

use crate::host::Host;
use crate::random::Model;
use crate::rustc::{RUSTC, Rustc, projects};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// How many hosts are in one crate, and how often each is changed.
const AT_ONCE: usize = 30;
const STEPS: u64 = 3;

#[test]
fn what_is_to_be_done_compiles() {
    let changes = number("WIT_CHANGES", 40);
    let (mut compiled, mut bodies, mut round) = (0, 0, 0);
    while compiled < changes {
        let (more, written) = batch(&RUSTC, number("WIT_SEED", 1) + round * 1000);
        (compiled, bodies) = (compiled + more, bodies + written);
        round += 1;
    }
    println!("{compiled} changes compiled, with {bodies} bodies that were kept");
}

fn number(name: &str, usual: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(usual, |given| given.parse().unwrap())
}

/// Makes hosts and changes each of them, and returns how many changes compiled, and how many
/// bodies were written and are there at the end.
fn batch(rustc: &Rustc, seed: u64) -> (u64, usize) {
    let dir = TempDir::new().unwrap();
    let root = dir.path();
    fs::write(root.join("Cargo.toml"), "[package]\nname = \"hosts\"\n").unwrap();
    let host = |n: usize| (n, Host::new(root, n, seed + n as u64));
    let mut hosts: BTreeMap<usize, Host> = (0..AT_ONCE).map(host).collect();
    write_root(root, hosts.keys());
    let errors = rustc.check(root, "src/lib.rs");
    assert!(errors.is_empty(), "the hosts do not compile: {errors:#?}");
    let (mut compiled, mut bodies) = (0, 0);
    for step in 0..STEPS {
        let next = hosts
            .iter()
            .filter_map(|(n, host)| Some((*n, host.next(step)?)));
        let mut next: BTreeMap<usize, (Model, String)> = next.collect();
        let refused = refused(rustc, &hosts, &next);
        next.retain(|n, _| !refused.contains(n));
        let (kept, left): (BTreeMap<_, _>, BTreeMap<_, _>) =
            hosts.into_iter().partition(|(n, _)| next.contains_key(n));
        bodies += left.values().map(|host| host.bodies).sum::<usize>();
        hosts = kept;
        hosts.retain(|n, host| {
            let (model, what) = next.remove(n).unwrap();
            host.becomes(root, model, what)
        });
        write_root(root, hosts.keys());
        let errors = rustc.check(root, "src/lib.rs");
        if !errors.is_empty() {
            let mut text = format!("in {}\n", root.display());
            for error in &errors {
                let story = error
                    .project
                    .and_then(|n| hosts.get(&n))
                    .map(|host| &host.story);
                let _ = writeln!(text, "{}  {story:?}", error.text);
            }
            let _ = dir.keep();
            panic!("{text}");
        }
        compiled += hosts.len() as u64;
    }
    bodies += hosts.values().map(|host| host.bodies).sum::<usize>();
    (compiled, bodies)
}

fn write_root<'a>(root: &Path, hosts: impl Iterator<Item = &'a usize>) {
    let modules = hosts.map(|n| format!("pub mod p{n};\n"));
    fs::write(root.join("src/lib.rs"), modules.collect::<String>()).unwrap();
}

/// The worlds for which the generator's own Rust does not compile.
fn refused(
    rustc: &Rustc,
    hosts: &BTreeMap<usize, Host>,
    next: &BTreeMap<usize, (Model, String)>,
) -> BTreeSet<usize> {
    let dir = TempDir::new().unwrap();
    fs::create_dir_all(dir.path().join("src")).unwrap();
    for (n, (model, _)) in next {
        let wit = dir.path().join(format!("p{n}.wit"));
        fs::write(wit, hosts[n].text(model)).unwrap();
        let text = hosts[n].alone(model);
        fs::write(dir.path().join(format!("src/p{n}.rs")), text).unwrap();
    }
    let mut refused = BTreeSet::new();
    loop {
        write_root(dir.path(), next.keys().filter(|n| !refused.contains(*n)));
        let errors = rustc.check(dir.path(), "src/lib.rs");
        if errors.is_empty() {
            return refused;
        }
        let before = refused.len();
        refused.extend(projects(&errors));
        assert!(refused.len() > before, "{errors:#?}");
    }
}

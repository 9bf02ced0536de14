//! Whether the types of WASI are those of the Wasmtime that is linked.

use super::report::Report;
use super::tree::Tree;
use super::vendor::Vendor;
use super::vendored::{Deps, Vendored};
use crate::project::Project;
use serde::Deserialize;
use std::fs;
use worldhost_wit::Rule;

/// The packages that wasmtime-wasi and wasmtime-wasi-http have.
const LINKED: [&str; 7] = [
    "wasi:cli",
    "wasi:clocks",
    "wasi:filesystem",
    "wasi:http",
    "wasi:io",
    "wasi:random",
    "wasi:sockets",
];

/// What the project links.
enum Links {
    /// The Wasmtime that is known.
    Known,
    /// Another.
    Other(String),
    /// There is no `Cargo.lock` that says it.
    Unsaid,
}

pub(super) fn check(tree: &Tree<'_>, deps: &Deps, vendor: &Vendor, report: &mut Report) {
    if !takes_wasmtimes(tree) {
        return;
    }
    let others: Vec<_> = deps
        .packages
        .iter()
        .filter(|one| LINKED.contains(&one.name.as_str()))
        .filter_map(|one| Some((one, closest(one.version.as_deref()?, tree.linked)?)))
        .collect();
    if others.is_empty() {
        return;
    }
    let has = tree.linked.join(" and ");
    let links = links(tree);
    for (vendored, should) in others {
        let package = vendored.full();
        match &links {
            Links::Known => {
                let message = format!("this host links WASI {has}");
                report.problem(
                    Rule::WasiNotLinked,
                    package,
                    message,
                    remedy(vendored, should, vendor),
                );
            }
            Links::Other(version) => {
                let message = format!(
                    "which WASI wasmtime-wasi {version} has is not known here, as that of {} is",
                    tree.wasmtime
                );
                let remedy = "compare it with the WIT in the source of that crate";
                report.unchecked(Rule::WasiNotLinked, package, message, remedy);
            }
            Links::Unsaid => {
                let message = format!(
                    "wasmtime-wasi {} has WASI {has}, and which one is linked is not known \
                     without a Cargo.lock",
                    tree.wasmtime
                );
                report.unchecked(
                    Rule::WasiNotLinked,
                    package,
                    message,
                    "write it: cargo generate-lockfile",
                );
            }
        }
    }
}

/// Whether the bindings take WASI's types from Wasmtime. Who makes types of its own may
/// make them of any version.
fn takes_wasmtimes(tree: &Tree<'_>) -> bool {
    let options = tree.subject.options();
    let mut paths = options.generator.with.values();
    tree.subject.bindgen.is_some() && paths.any(|path| path.contains("wasmtime_wasi"))
}

fn remedy(vendored: &Vendored, should: &str, vendor: &Vendor) -> String {
    let fetch = vendor.fetch();
    match fetch.ends_with(".sh") {
        true => format!("move to it: {fetch} --wasi {should}"),
        false => format!("name {}@{should} in the WIT, then {fetch}", vendored.name),
    }
}

/// The release that a host with these should be given, if it is another one: of the same
/// line, or the first.
fn closest<'a>(version: &str, linked: &[&'a str]) -> Option<&'a str> {
    if linked.contains(&version) {
        return None;
    }
    let line = |version: &str| {
        let mut numbers = version.split('.').map(String::from);
        (numbers.next(), numbers.next())
    };
    let same = linked.iter().find(|other| line(other) == line(version));
    same.or(linked.first()).copied()
}

#[derive(Deserialize)]
struct CargoLock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
}

/// By the `Cargo.lock` of the project.
fn links(tree: &Tree<'_>) -> Links {
    let home = &tree.subject.home;
    let project = Project::around(home).ok().flatten();
    let root = project.as_ref().map_or(home.as_path(), Project::root);
    let text = fs::read_to_string(root.join("Cargo.lock")).ok();
    let lock = text.and_then(|text| toml::from_str::<CargoLock>(&text).ok());
    let versions = lock.into_iter().flat_map(|lock| lock.package);
    let versions = versions.filter(|one| one.name == "wasmtime-wasi");
    let versions: Vec<String> = versions.map(|one| one.version).collect();
    let major = |version: &str| version.split('.').next().map(String::from);
    match &versions[..] {
        [] => Links::Unsaid,
        all if all.iter().any(|one| major(one) == major(tree.wasmtime)) => Links::Known,
        [first, ..] => Links::Other(first.clone()),
    }
}

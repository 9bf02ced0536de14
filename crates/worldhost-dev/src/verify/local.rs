//! Packages that `wkg.toml` takes from this machine. wkg copies them and locks nothing.

use super::report::{Proof, Report};
use super::tree::Tree;
use super::vendor::Vendor;
use super::vendored::{Deps, Vendored};
use super::wkg::Order;
use std::path::{Path, PathBuf};
use worldhost_wit::{Rule, paths};

pub(super) fn is(vendor: &Vendor, vendored: &Vendored) -> bool {
    at(vendor, vendored).is_some()
}

fn at(vendor: &Vendor, vendored: &Vendored) -> Option<PathBuf> {
    vendor.manifest.as_ref()?.local(&vendored.name)
}

/// That the copy is what the place has now.
pub(super) fn check(tree: &Tree<'_>, vendored: &Vendored, vendor: &Vendor, report: &mut Report) {
    let Some(place) = at(vendor, vendored) else {
        return;
    };
    let shown = paths::shown(&place).display().to_string();
    let package = vendored.full();
    let fetch = vendor.fetch();
    if !place.exists() {
        let message = format!("wkg.toml takes it from {shown}, where nothing is");
        return report.unchecked(
            Rule::PackageUnproved,
            package,
            message,
            "correct the path in wkg.toml",
        );
    }
    let here = bytes(tree, vendored, &vendored.path);
    let there = bytes(tree, vendored, &place);
    match (here, there) {
        (Some(here), Some(there)) if here == there => {
            report.ok(package, Proof::Local { path: shown });
        }
        (Some(_), Some(_)) => {
            let path = vendored.path.display();
            let message = format!("{path} is not the text of {shown}, which wkg.toml names");
            report.problem(
                Rule::PackageAltered,
                package,
                message,
                format!("copy it again: {fetch}"),
            );
        }
        _ => {
            let message = format!("it cannot be compared with {shown}, which wkg.toml names");
            let remedy = format!("compare it by fetching: {fetch}");
            report.unchecked(Rule::PackageUnproved, package, message, remedy);
        }
    }
}

/// The package encoded from a place, among the packages beside it.
fn bytes(tree: &Tree<'_>, vendored: &Vendored, place: &Path) -> Option<Vec<u8>> {
    let mut paths = Vec::new();
    for dir in tree.dirs() {
        let entries = dir.join("deps").read_dir().into_iter().flatten().flatten();
        let others = entries.map(|entry| entry.path());
        paths.extend(others.filter(|path| *path != vendored.path));
    }
    paths.push(place.to_path_buf());
    let deps = Deps::of(&paths, std::iter::empty());
    let same = |one: &&Vendored| one.name == vendored.name && one.version == vendored.version;
    let found = deps.packages.iter().find(same)?;
    // What wkg prints has functions where it puts them.
    deps.package(found).encoded(Order::FunctionsLast)
}

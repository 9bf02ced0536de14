//! The text as `bindgen!` reads it, and the options that go with it.

use super::report::Report;
use super::tree::Tree;
use super::vendor::Vendor;
use super::vendored::Deps;
use crate::bindings;
use crate::error::{Error, Result};
use worldhost_wit::{Error as WitError, Rule, Wit};

/// Whether the text can be read.
pub(super) fn check(tree: &Tree<'_>, vendor: &Vendor, report: &mut Report) -> bool {
    let wit = tree.subject.source.name();
    let read = tree.subject.now();
    let fits = read.is_ok();
    let unused = read.and_then(|wit| unused_keys(&wit, tree));
    let bindgen = tree.subject.bindgen.as_ref();
    let options = bindgen.map_or_else(|| wit.clone(), |one| one.place.to_string());
    match unused {
        Ok(keys) => {
            for key in keys {
                let subject = format!("{options}: \"{key}\"");
                let message = "nothing in the world matches this key of bindgen!";
                let remedy = "remove it, or correct its spelling";
                report.problem(Rule::OptionUnused, subject, message, remedy);
            }
        }
        Err(Error::Wit(WitError::Parse {
            missing: Some(missing),
            other_versions,
            ..
        })) => {
            let fetch = format!("fetch it: {}", vendor.fetch());
            match &other_versions[..] {
                [] => {
                    let message = format!("it is not in {wit}/deps");
                    report.problem(Rule::PackageMissing, missing, message, fetch);
                }
                others => {
                    let others = others.join(", ");
                    let message = format!("it is not in {wit}/deps, which has {others}");
                    let remedy = format!("name one version everywhere, or {fetch}");
                    report.problem(Rule::PackageMissing, missing, message, remedy);
                }
            }
        }
        Err(Error::Wit(error @ WitError::Parse { .. })) => {
            report.problem(Rule::TextRefused, wit, error, "correct the text");
        }
        Err(Error::Wit(error @ (WitError::NoWorld { .. } | WitError::WhichWorld { .. }))) => {
            let remedy = "name the world that the host is built for";
            report.problem(Rule::TextRefused, options, error, remedy);
        }
        Err(error) => {
            let remedy = "correct the text or the options";
            report.problem(Rule::TextRefused, wit, error, remedy);
        }
    }
    fits
}

/// What cannot be read of the packages alone. Where the whole can be read, it is no more
/// than unknown.
pub(super) fn unreadable(
    tree: &Tree<'_>,
    deps: &Deps,
    vendor: &Vendor,
    fits: bool,
    report: &mut Report,
) {
    for (path, reason) in &deps.unreadable {
        if fits {
            let remedy = format!("compare it by fetching: {}", vendor.fetch());
            report.unchecked(Rule::PackageUnproved, path.display(), reason, remedy);
            continue;
        }
        let remedy = match path.is_file() {
            true => format!(
                "give each package a directory of its own, {}/deps/<namespace>-<name>-<version>",
                tree.subject.source.name()
            ),
            false => format!("fetch it again: {}", vendor.fetch()),
        };
        report.problem(Rule::PackageUnreadable, path.display(), reason, remedy);
    }
}

/// The keys of `with` that nothing in the world matches.
fn unused_keys(wit: &Wit, tree: &Tree<'_>) -> Result<Vec<String>> {
    let world = wit.world(tree.subject.world.as_deref())?;
    let options = tree.subject.options();
    let (fitting, unused) = bindings::fitting(wit, world, &options);
    // What is left to refuse is no key.
    bindings::generate(wit, world, &fitting)?;
    Ok(unused)
}

//! Each vendored package held against what says what it should be.

use super::local;
use super::locked::Locks;
use super::released;
use super::report::{Proof, Report};
use super::tree::Tree;
use super::vendor::Vendor;
use super::vendored::{Deps, Vendored};
use super::wit_deps;
use super::wkg::{candidates, read};
use crate::error::Result;
use worldhost_wit::Rule;

/// By what `wkg.toml` takes from elsewhere, then by the lock of the tool that fetched.
pub(super) fn check(
    tree: &Tree<'_>,
    deps: &Deps,
    vendor: &Vendor,
    report: &mut Report,
) -> Result<()> {
    let (local, fetched): (Vec<_>, Vec<_>) = deps
        .packages
        .iter()
        .partition(|vendored| local::is(vendor, vendored));
    for vendored in local {
        local::check(tree, vendored, vendor, report);
    }
    let lock = read(&vendor.lock)?;
    match (lock, &vendor.wit_deps) {
        (Some(Ok(locked)), _) => Locks::new(deps, vendor, &locked).check(&fetched, report),
        (Some(Err(message)), _) => broken(&message, vendor, report),
        (None, Some(dir)) => wit_deps::check(dir, &fetched, report)?,
        (None, None) if fetched.is_empty() => {}
        (None, None) if vendor.is_wkg() => {
            let message = "there is none, so nothing says what the packages should be";
            let remedy = format!("write it: {}", vendor.fetch());
            report.problem(Rule::LockMissing, vendor.lock.display(), message, remedy);
        }
        (None, None) => unlocked(deps, &fetched, vendor, report),
    }
    Ok(())
}

fn broken(message: &str, vendor: &Vendor, report: &mut Report) {
    let name = vendor.lock.display();
    let remedy = format!("write it anew: rm {name} && {}", vendor.fetch());
    report.problem(Rule::LockBroken, name, message, remedy);
}

/// No tool says what the packages should be. Releases of WASI are known without one.
fn unlocked(deps: &Deps, fetched: &[&Vendored], vendor: &Vendor, report: &mut Report) {
    let mut others = Vec::new();
    for vendored in fetched {
        let known = released::digest(&vendored.name, vendored.version.as_deref());
        let made = known
            .filter(|known| candidates(deps.package(vendored)).any(|(digest, _)| digest == *known));
        match made {
            Some(digest) => report.ok(vendored.full(), Proof::Released { digest }),
            None => others.push(vendored.full()),
        }
    }
    if others.is_empty() {
        return;
    }
    let message = format!(
        "no lock says what it should be: there is no {}",
        vendor.lock.display()
    );
    let remedy = format!(
        "where wkg can fetch it, lock it: {}; what is kept by hand only git can tell",
        vendor.fetch()
    );
    report.unchecked(Rule::LockMissing, others.join(", "), message, remedy);
}

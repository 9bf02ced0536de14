//! Whether `wit/deps` is what its lock says, and what the host links.

mod again;
mod held;
mod local;
mod locked;
mod released;
mod report;
mod text;
mod tree;
mod vendor;
mod vendored;
mod wasi;
mod wit_deps;
mod wkg;

pub use again::{Published, published};
pub(crate) use released::{REGISTRY, digest};
pub use report::{Fault, Proof, Report, Verified};
pub use tree::Tree;

use crate::error::Result;
use vendor::Vendor;
use vendored::Deps;
use worldhost_wit::Error as WitError;

/// Checks everything that can be checked without a network.
///
/// # Errors
///
/// Only when the files cannot be read at all: what is wrong with them is in the
/// report.
pub fn verify(tree: &Tree<'_>) -> Result<Report> {
    if let Some(path) = tree.paths().find(|path| !path.exists()) {
        return Err(WitError::NotFound { path: path.into() }.into());
    }
    let dirs: Vec<_> = tree.dirs().map(|dir| dir.join("deps")).collect();
    let deps = Deps::read(&dirs, tree.paths())?;
    let vendor = Vendor::of(tree)?;
    let mut report = Report::default();
    let fits = text::check(tree, &vendor, &mut report);
    text::unreadable(tree, &deps, &vendor, fits, &mut report);
    held::check(tree, &deps, &vendor, &mut report)?;
    wasi::check(tree, &deps, &vendor, &mut report);
    report.verified.sort_by(|a, b| a.package.cmp(&b.package));
    Ok(report)
}

//! Packages as they were published, made again.

use super::vendored::Deps;
use super::wkg::{candidates, read};
use crate::error::Result;
use std::path::Path;

/// A package as its registry has it.
#[derive(Clone, Debug)]
pub struct Published {
    /// Such as `wasi:cli`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The bytes, of the digest that the lock has.
    pub bytes: Vec<u8>,
}

/// The vendored packages as they were published, made again from their text: for
/// a registry of one's own, where the public one is out of reach. A package
/// whose digest is not the locked one is not among them.
///
/// # Errors
///
/// When the files cannot be read.
pub fn published(wit: &Path, lock: &Path) -> Result<Vec<Published>> {
    let deps = Deps::read(&[wit.join("deps")], std::iter::once(wit))?;
    let locked = read(lock)?.and_then(Result::ok).unwrap_or_default();
    let mut packages = Vec::new();
    for vendored in &deps.packages {
        let mut entries = locked.iter();
        let entry = entries.find(|one| one.is_of(&vendored.name, vendored.version.as_deref()));
        let Some(entry) = entry else {
            continue;
        };
        let mut candidates = candidates(deps.package(vendored));
        if let Some((_, bytes)) = candidates.find(|(digest, _)| *digest == entry.digest) {
            packages.push(Published {
                name: vendored.name.clone(),
                version: entry.version.clone(),
                bytes,
            });
        }
    }
    Ok(packages)
}

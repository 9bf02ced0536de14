//! Packages held against the lock of wit-deps.

use super::report::{Proof, Report};
use super::vendor::wit_deps;
use super::vendored::Vendored;
use super::wkg::digest;
use crate::error::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use worldhost_wit::Rule;

/// A package by the name of its directory.
#[derive(Deserialize)]
struct Entry {
    /// In hexadecimal.
    sha256: String,
}

pub(super) fn check(dir: &Path, fetched: &[&Vendored], report: &mut Report) -> Result<()> {
    let lock = dir.join("deps.lock");
    let run = wit_deps(dir);
    let name = lock.display();
    let text = match fs::read_to_string(&lock) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let message = "there is none, so nothing says what the packages should be";
            report.problem(Rule::LockMissing, name, message, format!("write it: {run}"));
            return Ok(());
        }
        Err(error) => return Err(Error::file(&lock, error)),
    };
    let entries: BTreeMap<String, Entry> = match toml::from_str(&text) {
        Ok(entries) => entries,
        Err(error) => {
            let remedy = format!("write it anew: rm {name} && {run}");
            report.problem(Rule::LockBroken, name, error.message(), remedy);
            return Ok(());
        }
    };
    for vendored in fetched {
        let id = vendored.path.file_name().and_then(|name| name.to_str());
        let entry = id.and_then(|id| entries.get(id));
        let Some(entry) = entry else {
            let message = format!("{name} does not have it");
            let remedy = format!("name it in {}/deps.toml, then {run}", dir.display());
            report.problem(Rule::PackageNotLocked, vendored.full(), message, remedy);
            continue;
        };
        let found = archived(&vendored.path).map_err(|error| Error::file(&vendored.path, error))?;
        let wanted = format!("sha256:{}", entry.sha256.to_lowercase());
        if found == wanted {
            report.ok(vendored.full(), Proof::Locked { digest: found });
            continue;
        }
        let path = vendored.path.display();
        let message = format!(
            "{path} is not the text that {name} locks: its digest is {found}, and the lock has \
             {wanted}"
        );
        let remedy = format!("undo the edit of either (git diff {path} {name}), or fetch: {run}");
        report.problem(Rule::PackageAltered, vendored.full(), message, remedy);
    }
    Ok(())
}

/// The digest of the archive that wit-deps makes of a package: its `.wit` files alone, in
/// the order of their names, with nothing in it of when and by whom they were written.
fn archived(dir: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for entry in dir.read_dir()? {
        let path = entry?.path();
        let is_wit = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("wit"));
        if is_wit && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    let mut archive = tar::Builder::new(Vec::new());
    for path in files {
        let text = fs::read(&path)?;
        let runs = runs(&path.metadata()?);
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(if runs { 0o755 } else { 0o644 });
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_device_major(0)?;
        header.set_device_minor(0)?;
        header.set_size(text.len() as u64);
        let name = Path::new("wit").join(path.file_name().unwrap_or_default());
        archive.append_data(&mut header, name, &text[..])?;
    }
    Ok(digest(&archive.into_inner()?))
}

#[cfg(unix)]
fn runs(file: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn runs(_: &fs::Metadata) -> bool {
    false
}

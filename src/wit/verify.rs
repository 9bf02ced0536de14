//! Whether `wit/deps` is what the lock says, and what this host links.

mod checks;

use super::bindings;
use super::error::{Error, Result};
use super::lock;
use super::options::Options;
use super::published::Deps;
use super::source::Wit;
use serde::Serialize;
use std::fmt;
use std::path::{Path, PathBuf};

/// A project's WIT and what it is held against.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a> {
    /// The directory with the WIT text.
    pub wit: &'a Path,
    /// The lock file. None is `wkg.lock` beside the directory.
    pub lock: Option<&'a Path>,
    /// The world that the host is built for. None is the only one.
    pub world: Option<&'a str>,
    /// The options of its bindings.
    pub options: &'a Options,
}

/// What was proved, and what does not hold.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Vendored packages that are what the lock says.
    pub verified: Vec<Verified>,
    /// Everything that does not hold.
    pub problems: Vec<Problem>,
}

/// A vendored package whose text gives the locked digest.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// With its version.
    pub package: String,
    /// The digest.
    pub digest: String,
}

/// Something that does not hold.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// The package, file or key.
    pub subject: String,
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for verified in &self.verified {
            writeln!(f, "ok       {}  {}", verified.package, verified.digest)?;
        }
        for problem in &self.problems {
            writeln!(f, "problem  {problem}")?;
        }
        match self.problems.len() {
            0 => writeln!(f, "{} packages are what the lock says", self.verified.len()),
            1 => writeln!(f, "1 problem"),
            n => writeln!(f, "{n} problems"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.subject, self.message, self.remedy)
    }
}

/// Checks everything that can be checked without a network.
///
/// # Errors
///
/// Only when the files cannot be read at all: what is wrong with them is in the
/// report.
pub fn verify(tree: &Tree<'_>) -> Result<Report> {
    if !tree.wit.is_dir() {
        return Err(Error::NotFound {
            path: tree.wit.into(),
        });
    }
    let lock_path = match tree.lock {
        Some(path) => path.to_path_buf(),
        None => beside(tree.wit),
    };
    let deps = Deps::read(&tree.wit.join("deps"))?;
    let mut checks = checks::Checks {
        tree,
        lock: lock_path.display().to_string(),
        fetch: fetch_command(tree),
        report: Report {
            verified: Vec::new(),
            problems: Vec::new(),
        },
    };
    checks.text();
    checks.unreadable(&deps);
    checks.locked(&deps, lock::read(&lock_path)?);
    checks.wasi_versions(&deps);
    Ok(checks.report)
}

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
/// [`Error::File`] when the files cannot be read.
pub fn published(wit: &Path, lock: &Path) -> Result<Vec<Published>> {
    let deps = Deps::read(&wit.join("deps"))?;
    let locked = lock::read(lock)?.and_then(Result::ok).unwrap_or_default();
    let mut packages = Vec::new();
    for vendored in &deps.packages {
        let entry = locked.iter().find(|entry| {
            entry.name == vendored.name && Some(&entry.version) == vendored.version.as_ref()
        });
        let Some(entry) = entry else {
            continue;
        };
        let mut candidates = deps.candidates(vendored);
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

/// `wkg.lock` is in the directory that the WIT directory is in, also when that
/// is a link to elsewhere.
fn beside(wit: &Path) -> PathBuf {
    let absolute = std::path::absolute(wit).unwrap_or_else(|_| wit.to_path_buf());
    let lock = absolute.with_file_name("wkg.lock");
    match std::env::current_dir() {
        Ok(here) => lock
            .strip_prefix(here)
            .map(Path::to_path_buf)
            .unwrap_or(lock),
        Err(_) => lock,
    }
}

/// How this project fetches.
fn fetch_command(tree: &Tree<'_>) -> String {
    let script = "scripts/wit-fetch.sh";
    match tree.options.place.project.join(script).is_file() {
        true => script.to_string(),
        false => format!("wkg fetch {}", tree.wit.display()),
    }
}

/// The keys of `with` that nothing in the world matches.
fn unused_keys(wit: &Wit, tree: &Tree<'_>) -> Result<Vec<String>> {
    let world = wit.world(tree.world)?;
    let (fitting, unused) = bindings::fitting(wit, world, tree.options);
    // What is left to refuse is no key.
    bindings::generate(wit, world, &fitting)?;
    Ok(unused)
}

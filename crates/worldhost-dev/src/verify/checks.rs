//! The single checks, each of which adds to the report.

use super::report::{Fault, Report, Verified};
use super::tree::Tree;
use crate::bindings;
use crate::error::{Error, Result};
use crate::lock::{self, Locked};
use crate::published::{Deps, Vendored};
use worldhost_wit::{Error as WitError, Wit};

/// Checks everything that can be checked without a network.
///
/// # Errors
///
/// Only when the files cannot be read at all: what is wrong with them is in the
/// report.
pub fn verify(tree: &Tree<'_>) -> Result<Report> {
    if let Some(path) = tree.subject.source.paths.iter().find(|path| !path.exists()) {
        return Err(WitError::NotFound { path: path.clone() }.into());
    }
    let lock_path = tree.lock();
    let dirs: Vec<_> = tree.dirs().map(|dir| dir.join("deps")).collect();
    let deps = Deps::read(&dirs)?;
    let mut checks = Checks {
        tree,
        lock: lock_path.display().to_string(),
        fetch: tree.fetch(),
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

struct Checks<'a> {
    tree: &'a Tree<'a>,
    /// The lock file's name.
    lock: String,
    /// The command that fetches.
    fetch: String,
    report: Report,
}

impl Checks<'_> {
    fn problem(&mut self, subject: impl ToString, message: impl ToString, remedy: impl ToString) {
        self.report.problems.push(Fault {
            subject: subject.to_string(),
            message: one_line(&message.to_string()),
            remedy: remedy.to_string(),
        });
    }

    /// The text as `bindgen!` reads it, and the options that go with it.
    fn text(&mut self) {
        let wit = self.tree.subject.source.name();
        let unused = self
            .tree
            .subject
            .now()
            .and_then(|wit| unused_keys(&wit, self.tree));
        let bindgen = self.tree.subject.bindgen.as_ref();
        let options = bindgen.map_or_else(|| wit.clone(), |one| one.place.to_string());
        match unused {
            Ok(keys) => {
                for key in keys {
                    let subject = format!("{options}: \"{key}\"");
                    let message = "nothing in the world matches this key of bindgen!";
                    self.problem(subject, message, "remove it, or correct its spelling");
                }
            }
            Err(Error::Wit(WitError::Parse {
                missing: Some(missing),
                other_versions,
                ..
            })) => self.missing(&wit, &missing, &other_versions),
            Err(Error::Wit(error @ WitError::Parse { .. })) => {
                self.problem(wit, error, "correct the text");
            }
            Err(Error::Wit(error @ (WitError::NoWorld { .. } | WitError::WhichWorld { .. }))) => {
                self.problem(options, error, "name the world that the host is built for");
            }
            Err(error) => self.problem(wit, error, "correct the text or the options"),
        }
    }

    fn missing(&mut self, wit: &str, missing: &str, other_versions: &[String]) {
        let fetch = format!("fetch it: {}", self.fetch);
        match other_versions {
            [] => self.problem(missing, format!("it is not in {wit}/deps"), fetch),
            others => {
                let message = format!("it is not in {wit}/deps, which has {}", others.join(", "));
                let remedy = format!("name one version everywhere, or {fetch}");
                self.problem(missing, message, remedy);
            }
        }
    }

    fn unreadable(&mut self, deps: &Deps) {
        for (path, reason) in &deps.unreadable {
            let flat = path.is_file();
            let remedy = match flat {
                true => format!(
                    "give each package a directory of its own, {}/deps/<namespace>-<name>-<version>",
                    self.tree.subject.source.name()
                ),
                false => format!("fetch it again: {}", self.fetch),
            };
            self.problem(path.display(), reason, remedy);
        }
    }

    /// Every vendored package is in the lock, every one in the lock is vendored,
    /// and the digests are equal.
    fn locked(&mut self, deps: &Deps, lock: Option<Result<Vec<Locked>, String>>) {
        let name = self.lock.clone();
        let fetch = self.fetch.clone();
        let locked = match lock {
            Some(Ok(locked)) => locked,
            Some(Err(message)) => {
                let remedy = format!("write it anew: rm {name} && {fetch}");
                return self.problem(name, message, remedy);
            }
            None if deps.packages.is_empty() => return,
            None => {
                let message = "there is none, so nothing says what the packages should be";
                return self.problem(name, message, format!("write it: {fetch}"));
            }
        };
        let mut wrong = Wrong::default();
        for vendored in &deps.packages {
            let entry = locked.iter().find(|entry| {
                entry.name == vendored.name && Some(&entry.version) == vendored.version.as_ref()
            });
            match entry {
                Some(entry) => self.digest(deps, vendored, entry, &mut wrong),
                None => self.unlocked(vendored, &locked),
            }
        }
        self.report
            .verified
            .sort_by(|a, b| a.package.cmp(&b.package));
        wrong.tell(&mut self.report);
        for entry in &locked {
            let there = deps.packages.iter().any(|vendored| {
                entry.name == vendored.name && Some(&entry.version) == vendored.version.as_ref()
            });
            if !there {
                let subject = format!("{}@{}", entry.name, entry.version);
                let message = format!(
                    "{name} has it and {}/deps does not",
                    self.tree.subject.source.name()
                );
                let remedy = format!("fetch it with {fetch}; if nothing names it, first rm {name}");
                self.problem(subject, message, remedy);
            }
        }
    }

    fn unlocked(&mut self, vendored: &Vendored, locked: &[Locked]) {
        let other = locked.iter().find(|entry| entry.name == vendored.name);
        let message = match other {
            Some(other) => format!("{} has it in version {} only", self.lock, other.version),
            None => format!("{} does not have it", self.lock),
        };
        let remedy = match other {
            Some(_) => format!("fetch again: {}", self.fetch),
            None => format!(
                "name the package in a world, such as `include {}/imports`, for wkg locks only \
                 what is named; then {}",
                vendored.name, self.fetch
            ),
        };
        self.problem(package(vendored), message, remedy);
    }

    fn digest(&mut self, deps: &Deps, vendored: &Vendored, entry: &Locked, wrong: &mut Wrong) {
        let mut candidates = deps.candidates(vendored);
        if candidates.any(|(digest, _)| digest == entry.digest) {
            self.report.verified.push(Verified {
                package: package(vendored),
                digest: entry.digest.clone(),
            });
            return;
        }
        let blocked = vendored.uses.iter().any(|name| wrong.names.contains(name));
        wrong.names.push(vendored.name.clone());
        if blocked {
            return wrong.blocked.push(package(vendored));
        }
        wrong.problem.get_or_insert(self.report.problems.len());
        let found = deps.candidates(vendored).next().map(|(digest, _)| digest);
        let message = format!(
            "{} is not the text that {} locks: its digest is {}, and the lock has {}",
            vendored.path.display(),
            self.lock,
            found.as_deref().unwrap_or("none, for it cannot be encoded"),
            entry.digest
        );
        let remedy = format!(
            "undo the edit of either (git diff {} {}), or fetch again: {}",
            vendored.path.display(),
            self.lock,
            self.fetch
        );
        self.problem(package(vendored), message, remedy);
    }

    /// The types of WASI are those of the Wasmtime that is linked.
    fn wasi_versions(&mut self, deps: &Deps) {
        for vendored in &deps.packages {
            let version = vendored.version.as_deref().unwrap_or("none");
            let linked = self.tree.linked;
            let is_wasi = vendored.name.starts_with("wasi:");
            if !is_wasi || linked.contains(&version) {
                continue;
            }
            let Some(should) = closest(version, linked) else {
                continue;
            };
            let message = format!("this host links WASI {}", linked.join(" and "));
            let remedy = match self.fetch.ends_with(".sh") {
                true => format!("move to it: {} --wasi {should}", self.fetch),
                false => format!("name @{should} in the WIT, then {}", self.fetch),
            };
            self.problem(package(vendored), message, remedy);
        }
    }
}

/// The release that a host with these should be given: of the same line, or the first.
fn closest<'a>(version: &str, linked: &[&'a str]) -> Option<&'a str> {
    let line = |version: &str| {
        let mut numbers = version.split('.').map(String::from);
        (numbers.next(), numbers.next())
    };
    let same = linked.iter().find(|other| line(other) == line(version));
    same.or(linked.first()).copied()
}

/// Packages with a wrong digest. Those that use another of them repeat its types
/// in their own bytes, and may be right themselves.
#[derive(Default)]
struct Wrong {
    names: Vec<String>,
    blocked: Vec<String>,
    /// The first of the problems.
    problem: Option<usize>,
}

impl Wrong {
    fn tell(self, report: &mut Report) {
        if let (Some(at), false) = (self.problem, self.blocked.is_empty()) {
            let blocked = self.blocked.join(", ");
            let more = format!(" ({blocked}: to be checked when this is right)");
            report.problems[at].message.push_str(&more);
        }
    }
}

/// The parser's message and its place, without the picture.
fn one_line(message: &str) -> String {
    let mut lines = message.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    match lines.clone().find_map(|line| line.strip_prefix("--> ")) {
        Some(place) => format!("{place}: {first}"),
        None => lines.fold(first.to_string(), |all, line| format!("{all} {line}")),
    }
}

fn package(vendored: &Vendored) -> String {
    match &vendored.version {
        Some(version) => format!("{}@{version}", vendored.name),
        None => vendored.name.clone(),
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

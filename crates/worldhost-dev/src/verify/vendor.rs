//! Who put the packages into `wit/deps`: wkg, wit-deps, or somebody by hand.

use super::tree::Tree;
use super::wkg::Manifest;
use crate::error::Result;
use std::path::{Path, PathBuf};
use worldhost_wit::paths;

/// What a project has of the tools that fetch packages.
pub(super) struct Vendor {
    /// The lock of wkg, whether it is there or not.
    pub(super) lock: PathBuf,
    pub(super) manifest: Option<Manifest>,
    /// The directory with `deps.toml` or `deps.lock`, if there is one.
    pub(super) wit_deps: Option<PathBuf>,
    /// How this project fetches with wkg.
    fetch: String,
    /// Whether anything but a lock says that it is wkg's.
    wkg: bool,
}

impl Vendor {
    pub(super) fn of(tree: &Tree<'_>) -> Result<Vendor> {
        let wit = absolute(tree.wit());
        let around = wit.parent().unwrap_or(&wit);
        let manifest = Manifest::around(around)?;
        let lock = match (tree.lock, &manifest) {
            (Some(path), _) => path.to_path_buf(),
            (None, Some(manifest)) => manifest.path.with_file_name("wkg.lock"),
            (None, None) => lock(&wit, around),
        };
        let script = "scripts/wit-fetch.sh";
        let has_script = tree.subject.home.join(script).is_file();
        let fetch = match has_script {
            true => script.to_string(),
            false => fetch(&lock, &wit),
        };
        let has = |dir: &&Path| dir.join("deps.toml").is_file() || dir.join("deps.lock").is_file();
        Ok(Vendor {
            wit_deps: [wit.as_path(), around]
                .into_iter()
                .find(has)
                .map(paths::shown),
            wkg: manifest.is_some() || has_script,
            lock: paths::shown(&lock),
            manifest,
            fetch,
        })
    }

    /// Whether wkg is what fetches here.
    pub(super) fn is_wkg(&self) -> bool {
        self.wkg || self.lock.is_file()
    }

    /// The command that fetches.
    pub(super) fn fetch(&self) -> String {
        match &self.wit_deps {
            Some(dir) if !self.is_wkg() => wit_deps(dir),
            _ => self.fetch.clone(),
        }
    }
}

/// The command of wit-deps, which looks for `wit/deps.toml` from where it is run.
pub(super) fn wit_deps(dir: &Path) -> String {
    let usual = dir.file_name().is_some_and(|name| name == "wit");
    match (usual, dir.parent()) {
        (true, Some(above)) if above.as_os_str().is_empty() => "wit-deps".into(),
        (true, Some(above)) => format!("(cd {} && wit-deps)", above.display()),
        _ => format!(
            "wit-deps --manifest {0}/deps.toml --lock {0}/deps.lock --deps {0}/deps",
            dir.display()
        ),
    }
}

/// wkg writes its lock where it is run: around the WIT, in it, or further up.
fn lock(wit: &Path, around: &Path) -> PathBuf {
    let above = around.ancestors().skip(1);
    // A repository, or all that is mounted, has no lock of others.
    let ends = |dir: &Path| dir.join(".git").exists();
    let mut dirs = vec![around, wit];
    if !ends(around) {
        for dir in above {
            dirs.push(dir);
            if ends(dir) {
                break;
            }
        }
    }
    let mut files = dirs.iter().map(|dir| dir.join("wkg.lock"));
    let found = files.find(|file| file.is_file());
    found.unwrap_or_else(|| around.join("wkg.lock"))
}

/// `wkg fetch` from where its lock is.
fn fetch(lock: &Path, wit: &Path) -> String {
    let home = absolute(lock.parent().unwrap_or(Path::new("")));
    let dir = paths::between(&home, wit);
    let dir = match dir.as_os_str().is_empty() {
        true => ".".into(),
        false => dir.display().to_string(),
    };
    match std::env::current_dir().is_ok_and(|here| here == home) {
        true => format!("wkg fetch {dir}"),
        false => format!("(cd {} && wkg fetch {dir})", paths::shown(&home).display()),
    }
}

fn absolute(path: &Path) -> PathBuf {
    paths::clean(&std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()))
}

//! What is verified.

use crate::options::Options;
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
    /// The releases of WASI that the host links, such as `0.2.12`.
    pub linked: &'a [&'a str],
}

impl Tree<'_> {
    /// The lock file.
    pub(crate) fn lock(&self) -> PathBuf {
        match self.lock {
            Some(path) => path.to_path_buf(),
            None => beside(self.wit),
        }
    }

    /// How this project fetches.
    pub(crate) fn fetch(&self) -> String {
        let script = "scripts/wit-fetch.sh";
        match self.options.place.project.join(script).is_file() {
            true => script.to_string(),
            false => format!("wkg fetch {}", self.wit.display()),
        }
    }
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

//! What is verified.

use crate::subject::Subject;
use std::path::{Path, PathBuf};
use worldhost_wit::paths;

/// A project's WIT and what it is held against.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a> {
    /// The WIT, and the `bindgen!` that reads it.
    pub subject: &'a Subject,
    /// The lock file. None is the one where wkg finds it.
    pub lock: Option<&'a Path>,
    /// The releases of WASI that the host links, such as `0.2.12`.
    pub linked: &'a [&'a str],
}

impl Tree<'_> {
    /// The directories with packages.
    pub(crate) fn dirs(&self) -> impl Iterator<Item = &Path> {
        let paths = self.subject.source.paths.iter();
        paths.map(PathBuf::as_path).filter(|path| path.is_dir())
    }

    /// The lock file.
    pub(crate) fn lock(&self) -> PathBuf {
        match self.lock {
            Some(path) => path.to_path_buf(),
            None => {
                let first =
                    self.dirs()
                        .next()
                        .or(self.subject.source.paths.first().map(PathBuf::as_path));
                beside(first.unwrap_or(Path::new("wit")))
            }
        }
    }

    /// How this project fetches.
    pub(crate) fn fetch(&self) -> String {
        let script = "scripts/wit-fetch.sh";
        match self.subject.home.join(script).is_file() {
            true => script.to_string(),
            false => {
                let dir = self.dirs().next().unwrap_or(Path::new("wit"));
                format!("wkg fetch {}", dir.display())
            }
        }
    }
}

/// `wkg.lock` is in the directory that the WIT directory is in, also when that
/// is a link to elsewhere.
fn beside(wit: &Path) -> PathBuf {
    let absolute = std::path::absolute(wit).unwrap_or_else(|_| wit.to_path_buf());
    paths::shown(&absolute.with_file_name("wkg.lock"))
}

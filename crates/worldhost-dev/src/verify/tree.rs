//! What is verified.

use crate::subject::Subject;
use std::path::{Path, PathBuf};

/// A project's WIT and what it is held against.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a> {
    /// The WIT, and the `bindgen!` that reads it.
    pub subject: &'a Subject,
    /// The lock file. None is the one where wkg finds it.
    pub lock: Option<&'a Path>,
    /// The release of Wasmtime that is known, such as `48.0.8`.
    pub wasmtime: &'a str,
    /// The releases of WASI that it has, such as `0.2.12`.
    pub linked: &'a [&'a str],
}

impl Tree<'_> {
    /// The directories with packages.
    pub(super) fn dirs(&self) -> impl Iterator<Item = &Path> {
        self.paths().filter(|path| path.is_dir())
    }

    /// The directories and files that are read.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.subject.source.paths.iter().map(PathBuf::as_path)
    }

    /// The directory that is asked about in the first place.
    pub(super) fn wit(&self) -> &Path {
        let first = self.dirs().next().or_else(|| self.paths().next());
        first.unwrap_or(Path::new("wit"))
    }
}

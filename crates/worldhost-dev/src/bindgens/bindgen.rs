//! One `bindgen!`: where it is, what it reads, and what it is told.

use super::options::Options;
use super::parse::Marks;
use std::fmt;
use std::path::{Path, PathBuf};
use worldhost_wit::{Source, paths};

/// A `bindgen!` of a project.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Bindgen {
    /// Where it is.
    pub place: Place,
    /// What it reads.
    pub source: Source,
    /// The world that it names.
    pub world: Option<String>,
    /// What the generator is told.
    pub options: Options,
    /// Where its options are in the file.
    pub(crate) marks: Marks,
    /// Whether it is the only one that its file has.
    pub(super) only: bool,
}

/// Where bindings are in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The directory of `Cargo.toml`.
    pub package: PathBuf,
    /// What the package's library is called in Rust.
    pub krate: String,
    /// The Rust file with the `bindgen!`, relative to the package.
    pub file: PathBuf,
    /// The line of the `bindgen!`, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The module of the bindings, such as `crate::bindings`.
    pub module: String,
    /// The first file of the crate that it is in; none when no `mod` item leads there.
    pub root: Option<PathBuf>,
    /// The function that it is in, if it is in one. Nothing outside of it can name the
    /// bindings.
    pub function: Option<String>,
}

impl Place {
    /// A file of the package, from the current directory.
    pub fn shown(&self, file: &Path) -> PathBuf {
        paths::shown(&self.package.join(file))
    }
}

impl Bindgen {
    /// Whether it reads this directory or file.
    pub fn reads(&self, path: &Path) -> bool {
        let Ok(path) = path.canonicalize() else {
            return false;
        };
        let mut read = self.source.paths.iter();
        read.any(|read| read.canonicalize().is_ok_and(|read| read == path))
    }

    /// Whether a name of the command line means it: its world, with the package or
    /// without it.
    pub fn is_of_world(&self, name: &str) -> bool {
        let plain = |name: &str| {
            let name = name.split('@').next().unwrap_or_default();
            name.rsplit('/').next().unwrap_or_default().to_string()
        };
        let same = |own: &String| own == name || plain(own) == name || own == &plain(name);
        self.world.as_ref().is_some_and(same)
    }
}

/// `src/bindings.rs:7`, from the current directory.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.shown(&self.file).display(), self.line)
    }
}

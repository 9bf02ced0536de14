//! The directories that a guest can write to, and what lies above them.
//!
//! Directories are told apart by device and inode: symbolic links, `..` and bind
//! mounts are other names and the same directories.

use std::fs::Metadata;
use std::io;
use std::path::Path;

/// Device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(u64, u64);

impl Id {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Id(metadata.dev(), metadata.ino()))
    }

    /// Without Unix there is no cache that could be changed.
    #[cfg(not(unix))]
    pub(super) fn of(_: &Metadata) -> Option<Self> {
        None
    }
}

/// A directory that can be written to, and then those above it.
#[derive(Clone, Debug)]
pub(crate) struct Reach(Vec<Id>);

impl Reach {
    pub(crate) fn of(dir: &Path) -> io::Result<Self> {
        let dir = dir.canonicalize()?;
        let mut ids = Vec::new();
        for dir in dir.ancestors() {
            ids.extend(Id::of(&dir.metadata()?));
        }
        Ok(Reach(ids))
    }

    /// Whether it can be written to in one of `directories`, or in what is below them.
    pub(super) fn is_below(&self, directories: &[Id]) -> bool {
        directories.iter().any(|id| self.0.contains(id))
    }

    /// Whether the directory itself is among these.
    pub(super) fn is_one_of(&self, directories: &[Id]) -> bool {
        self.0.first().is_some_and(|dir| directories.contains(dir))
    }
}

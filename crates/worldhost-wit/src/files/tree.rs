//! What files are asked.

use crate::error::Result;
use std::path::Path;

/// What a path leads to, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Dir,
}

/// Where files are read from.
pub(crate) trait Files {
    /// What is at the path; none when there is nothing.
    fn kind(&self, path: &Path) -> Result<Option<Kind>>;

    /// The names in a directory that are text, sorted.
    fn list(&self, dir: &Path) -> Result<Vec<String>>;

    /// A file's bytes.
    fn read(&self, file: &Path) -> Result<Vec<u8>>;

    /// The path as messages have it.
    fn shown(&self, path: &Path) -> String;
}

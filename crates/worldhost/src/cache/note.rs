//! What is said of a cache that could not be used.

use std::fmt;
use std::path::Path;

/// Something that kept the cache from being used.
#[derive(Debug)]
#[non_exhaustive]
pub enum CacheNote {
    /// A file was not loaded because someone else could have written it.
    Refused(String),
    /// A file could not be read or written, or was not what it should be.
    Failed(String),
}

impl fmt::Display for CacheNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CacheNote::Refused(text) | CacheNote::Failed(text) => f.write_str(text),
        }
    }
}

impl CacheNote {
    pub(super) fn failed(path: &Path, why: impl fmt::Display) -> Self {
        CacheNote::Failed(format!("{}: {why}", path.display()))
    }
}

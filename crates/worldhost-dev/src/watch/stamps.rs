//! How files are at one moment, without what is in them.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What in a directory counts: the rest is an editor's, or a build's.
const KINDS: [&str; 5] = ["wit", "wat", "wasm", "rs", "toml"];

/// A link may lead in a circle.
const DEPTH: usize = 16;

/// Files, each with what differs when it was saved.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stamps(BTreeMap<PathBuf, Stamp>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    identity: Identity,
}

/// What tells one file or directory from another that came into its place.
#[cfg(unix)]
pub(super) type Identity = (u64, u64);
#[cfg(not(unix))]
pub(super) type Identity = Option<SystemTime>;

#[cfg(unix)]
pub(super) fn identity(found: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (found.dev(), found.ino())
}

#[cfg(not(unix))]
pub(super) fn identity(found: &Metadata) -> Identity {
    found.created().ok()
}

impl Stamps {
    pub(super) fn of(places: &[PathBuf]) -> Stamps {
        let mut stamps = Stamps::default();
        for place in places {
            match fs::metadata(place) {
                Ok(found) if found.is_dir() => stamps.directory(place, 0),
                Ok(found) => stamps.file(place.clone(), &found),
                Err(_) => {}
            }
        }
        stamps
    }

    fn file(&mut self, path: PathBuf, found: &Metadata) {
        let stamp = Stamp {
            length: found.len(),
            modified: found.modified().ok(),
            identity: identity(found),
        };
        self.0.insert(path, stamp);
    }

    fn directory(&mut self, dir: &Path, depth: usize) {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        for entry in entries {
            let path = entry.path();
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let Some(found) = fs::metadata(&path).ok().filter(|_| !hidden) else {
                continue;
            };
            if found.is_dir() {
                if depth < DEPTH {
                    self.directory(&path, depth + 1);
                }
            } else if KINDS
                .iter()
                .any(|kind| path.extension().is_some_and(|e| e == *kind))
            {
                self.file(path, &found);
            }
        }
    }

    /// The files that are in one only, or differ.
    pub(super) fn parts_from(&self, other: &Stamps) -> Vec<PathBuf> {
        let differ = |path: &&PathBuf| self.0.get(*path) != other.0.get(*path);
        let gone = other.0.keys().filter(|path| !self.0.contains_key(*path));
        let mut paths: Vec<PathBuf> = self.0.keys().filter(differ).chain(gone).cloned().collect();
        paths.sort();
        paths
    }
}

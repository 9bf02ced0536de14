//! A file that is looked at, for when it changes.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file, and how it was when it was looked at: a component's, which is to be loaded anew
/// when it changes.
#[derive(Clone, Debug)]
pub struct Watch {
    path: PathBuf,
    taken: Option<Stamp>,
    before: Option<Stamp>,
}

/// What differs when a file has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    place: (u64, u64),
}

impl Watch {
    /// How often it is looked at, and how long it is to be the same before it is taken: whoever
    /// writes it has a moment.
    pub const OFTEN: Duration = Duration::from_millis(300);

    /// As it is now, or is not there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let (taken, before) = (stamp(&path), None);
        Watch {
            path,
            taken,
            before,
        }
    }

    /// The file's.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until it is there, is another, and stays as it is.
    pub async fn changed(&mut self) {
        loop {
            tokio::time::sleep(Self::OFTEN).await;
            if self.has_changed() {
                return;
            }
        }
    }

    /// Looks at it once, for whoever looks at many: whether it is there, is another, and is as
    /// it was at the last look, which is to be as long ago as [`Watch::OFTEN`].
    pub fn has_changed(&mut self) -> bool {
        let now = stamp(&self.path);
        let before = std::mem::replace(&mut self.before, now);
        let changed = now.is_some() && now != self.taken && now == before;
        if changed {
            self.taken = now;
        }
        changed
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = path.metadata().ok().filter(Metadata::is_file)?;
    Some(Stamp {
        length: found.len(),
        modified: found.modified().ok(),
        #[cfg(unix)]
        place: place(&found),
    })
}

#[cfg(unix)]
fn place(found: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (found.dev(), found.ino())
}

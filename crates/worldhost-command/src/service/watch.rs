//! A file that is looked at, for when it changes.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file, and how it was when it was looked at.
pub struct Watch {
    path: PathBuf,
    taken: Option<Stamp>,
}

/// What differs when a file has changed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    place: (u64, u64),
}

/// How often it is looked at, and how long it is to be the same before it is taken: whoever
/// writes it has a moment.
const OFTEN: Duration = Duration::from_millis(300);

impl Watch {
    pub fn new(path: PathBuf) -> Self {
        let taken = stamp(&path);
        Watch { path, taken }
    }

    /// Waits until it is there, is another, and stays as it is.
    pub async fn changed(&mut self) {
        let mut before = None;
        loop {
            tokio::time::sleep(OFTEN).await;
            let now = stamp(&self.path);
            if now.is_some() && now != self.taken && now == before {
                self.taken = now;
                return;
            }
            before = now;
        }
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

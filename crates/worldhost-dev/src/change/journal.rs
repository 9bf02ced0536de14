//! What a run has decided to do, so that another can do the rest.

use super::changed::FileChange;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// All files of one run, in order: the text of each is staged under its number.
#[derive(Serialize, Deserialize)]
pub(super) struct Journal {
    pub(super) entries: Vec<Entry>,
}

/// One file. The digests tell whether somebody has been there since.
#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) from: Option<PathBuf>,
    pub(super) to: PathBuf,
    /// Of what is at `from`.
    before: Option<String>,
    after: String,
}

impl Journal {
    pub(super) fn of(changes: &[FileChange]) -> Journal {
        let entries = changes.iter().map(|one| Entry {
            from: one.from.clone(),
            to: one.to.clone(),
            before: one.from.as_ref().map(|_| digest(one.before.as_bytes())),
            after: digest(one.after.as_bytes()),
        });
        Journal {
            entries: entries.collect(),
        }
    }

    /// The files that are to go, for nothing comes into their place.
    pub(super) fn gone(&self) -> impl Iterator<Item = &Path> {
        let froms = self.entries.iter().filter_map(|one| one.from.as_deref());
        froms.filter(|from| self.entries.iter().all(|one| one.to != *from))
    }

    /// A file that is neither as it was nor as it is to be, if there is one.
    pub(super) fn touched(&self) -> Option<&Path> {
        let known = |path: &Path, found: &str| {
            self.entries.iter().any(|one| {
                (one.to == path && one.after == found)
                    || (one.from.as_deref() == Some(path) && one.before.as_deref() == Some(found))
            })
        };
        let froms = self.entries.iter().filter_map(|one| one.from.as_deref());
        let mut all = froms.chain(self.entries.iter().map(|one| one.to.as_path()));
        all.find(|path| match std::fs::read(path) {
            Ok(bytes) => !known(path, &digest(&bytes)),
            Err(_) => false,
        })
    }
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

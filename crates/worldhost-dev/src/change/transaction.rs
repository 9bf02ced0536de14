//! Several files changed as one.
//!
//! All new texts are written beside the tree first, where each move is a rename. The rename
//! of `next` to `ready` decides: before it nothing has happened, and after it everything
//! will have, for the next run does what is left.

use super::changed::FileChange;
use super::journal::Journal;
use crate::error::{Error, Result};
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use worldhost_wit::paths;

/// Where everything is staged.
const STAGE: &str = ".worldhost-apply";

/// The right to change a project's files: one run has it at a time.
#[derive(Debug)]
pub struct Transaction {
    stage: PathBuf,
    /// The lock, where the system can lock a directory.
    _alone: Option<File>,
}

/// What was found of an earlier run that was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recovered {
    /// It had decided, and the rest of it was done now.
    Finished,
    /// It had not, and nothing of it was in the tree.
    Dropped,
}

impl Transaction {
    /// Takes the right to change what is below a directory.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] while another run has it.
    pub fn begin(root: &Path) -> Result<Transaction> {
        let alone = File::open(root).ok();
        match alone.as_ref().map(File::try_lock) {
            Some(Err(TryLockError::WouldBlock)) => Err(Error::Busy {
                path: paths::shown(root),
            }),
            _ => Ok(Transaction {
                stage: root.join(STAGE),
                _alone: alone,
            }),
        }
    }

    /// Does the rest of a run that was killed, or forgets it.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`] when a file was changed by somebody else since then: what
    /// holds is theirs to say. That a file cannot be written.
    pub fn recover(root: &Path) -> Result<Option<Recovered>> {
        match root.join(STAGE).is_dir() {
            true => Transaction::begin(root)?.rest(),
            false => Ok(None),
        }
    }

    /// Makes all changes. A run that was killed before is finished first, if there was one.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] when a file is not what it was when it was read,
    /// [`Error::Exists`] when one is there that is to be new, and that a file cannot be
    /// written. Nothing was changed then.
    pub fn commit(&self, changes: &[FileChange]) -> Result<()> {
        self.rest()?;
        let changes: Vec<FileChange> = changes.iter().map(resolved).collect();
        for one in &changes {
            self.is_as_it_was(one)?;
            let from = one.from.as_deref();
            let taken = changes
                .iter()
                .any(|other| other.from.as_ref() == Some(&one.to));
            if from != Some(&one.to) && !taken && one.to.exists() {
                let path = paths::shown(&one.to);
                return Err(Error::Exists { path });
            }
        }
        let staged = self.stage(&changes);
        if staged.is_err() {
            let _ = fs::remove_dir_all(&self.stage);
        }
        staged?;
        self.rest().map(drop)
    }

    fn is_as_it_was(&self, one: &FileChange) -> Result<()> {
        let Some(from) = &one.from else {
            return Ok(());
        };
        let found = fs::read_to_string(from).map_err(|error| Error::file(from, error))?;
        match found == one.before {
            true => Ok(()),
            false => Err(Error::Changed {
                path: paths::shown(from),
            }),
        }
    }

    /// Writes everything beside the tree, and decides.
    fn stage(&self, changes: &[FileChange]) -> Result<()> {
        let next = self.stage.join("next");
        fs::create_dir_all(&next).map_err(|error| Error::file(&next, error))?;
        for (at, one) in changes.iter().enumerate() {
            on_this_disk(&self.stage, &one.to)?;
            let file = next.join(at.to_string());
            written(&file, one.after.as_bytes())?;
            if let Some(from) = &one.from {
                let like = fs::metadata(from).map_err(|error| Error::file(from, error))?;
                fs::set_permissions(&file, like.permissions())
                    .map_err(|error| Error::file(&file, error))?;
            }
        }
        let journal = next.join("journal");
        let text = serde_json::to_vec(&Journal::of(changes)).map_err(|error| {
            let error = std::io::Error::new(ErrorKind::InvalidInput, error);
            Error::file(&journal, error)
        })?;
        written(&journal, &text)?;
        synced(&next);
        let ready = self.stage.join("ready");
        fs::rename(&next, &ready).map_err(|error| Error::file(&ready, error))?;
        synced(&self.stage);
        Ok(())
    }

    /// Does what was decided and is not done yet.
    fn rest(&self) -> Result<Option<Recovered>> {
        self.some(usize::MAX)
    }

    /// The same, up to a number of steps: those who are killed do not come further.
    fn some(&self, steps: usize) -> Result<Option<Recovered>> {
        if !self.stage.is_dir() {
            return Ok(None);
        }
        let ready = self.stage.join("ready");
        let decided = ready.is_dir();
        if decided && !self.finish(&ready, steps)? {
            return Ok(None);
        }
        // The journal goes first, by one rename: half of it would say less.
        let done = self.stage.join("done");
        if decided {
            fs::rename(&ready, &done).map_err(|error| Error::file(&ready, error))?;
        }
        fs::remove_dir_all(&self.stage).map_err(|error| Error::file(&self.stage, error))?;
        Ok(Some(match decided {
            true => Recovered::Finished,
            false => Recovered::Dropped,
        }))
    }

    /// Every step is left out when an earlier run has done it. False when there are steps
    /// left.
    fn finish(&self, ready: &Path, steps: usize) -> Result<bool> {
        let unreadable = |error| Error::file(ready.join("journal"), error);
        let text = fs::read(ready.join("journal")).map_err(unreadable)?;
        let journal: Journal =
            serde_json::from_slice(&text).map_err(|error| unreadable(error.into()))?;
        if let Some(path) = journal.touched() {
            return Err(Error::Interrupted {
                path: paths::shown(path),
                stage: paths::shown(&self.stage),
            });
        }
        let mut steps = 0..steps;
        for (at, one) in journal.entries.iter().enumerate() {
            let file = ready.join(at.to_string());
            if !file.exists() {
                continue;
            }
            if steps.next().is_none() {
                return Ok(false);
            }
            if let Some(dir) = one.to.parent() {
                fs::create_dir_all(dir).map_err(|error| Error::file(dir, error))?;
            }
            fs::rename(&file, &one.to).map_err(|error| Error::file(&one.to, error))?;
        }
        for path in journal.gone() {
            if steps.next().is_none() {
                return Ok(false);
            }
            match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Error::file(path, error));
                }
                _ => {}
            }
        }
        Ok(true)
    }
}

/// What a link leads to is changed, and the link stays.
fn resolved(one: &FileChange) -> FileChange {
    let mut one = one.clone();
    let stays = one.from.as_ref() == Some(&one.to);
    if let (true, Some(real)) = (
        stays,
        one.from.as_ref().and_then(|from| from.canonicalize().ok()),
    ) {
        one.from = Some(real.clone());
        one.to = real;
    }
    one
}

fn written(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| Error::file(path, error))
}

/// A directory on its way to the disk, where the system can be told.
fn synced(dir: &Path) {
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
}

/// A rename is one only on the same file system.
#[cfg(unix)]
fn on_this_disk(stage: &Path, to: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    let around = to.ancestors().skip(1).find(|dir| dir.exists());
    match around.map(device) == Some(device(stage)) {
        true => Ok(()),
        false => Err(Error::file(to, ErrorKind::CrossesDevices.into())),
    }
}

#[cfg(not(unix))]
fn on_this_disk(_: &Path, _: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::FileKind;
    use std::collections::BTreeMap;
    use tempfile::TempDir;

    /// A file each that is new, changed, moved onto the name of another, and put aside.
    fn changes(dir: &Path) -> Vec<FileChange> {
        for (name, text) in [("a", "a"), ("b", "b"), ("c", "c")] {
            fs::write(dir.join(name), text).unwrap();
        }
        let of =
            |name: &str, after: &str| FileChange::of(dir.join(name), name.into(), after.into());
        vec![
            FileChange::create(dir.join("new/file"), "new".into()),
            of("a", "A"),
            of("b", "B").named(dir.join("c"), FileKind::Move),
            of("c", "c").named(dir.join("c.removed"), FileKind::Aside),
        ]
    }

    fn tree(dir: &Path) -> BTreeMap<String, String> {
        let names = ["a", "b", "c", "c.removed", "new/file"];
        let found = names.iter().filter_map(|name| {
            let text = fs::read_to_string(dir.join(name)).ok()?;
            Some((name.to_string(), text))
        });
        found.collect()
    }

    #[test]
    fn killed_after_each_step_it_is_finished() {
        let whole = TempDir::new().unwrap();
        let all = changes(whole.path());
        Transaction::begin(whole.path())
            .unwrap()
            .commit(&all)
            .unwrap();
        let done = tree(whole.path());
        let expected = [
            ("a", "A"),
            ("c", "B"),
            ("c.removed", "c"),
            ("new/file", "new"),
        ];
        let expected = expected.map(|(name, text)| (name.to_string(), text.to_string()));
        assert_eq!(done, BTreeMap::from(expected));
        assert!(!whole.path().join(STAGE).exists());
        for steps in 0..=5 {
            let dir = TempDir::new().unwrap();
            let all = changes(dir.path());
            let killed = Transaction::begin(dir.path()).unwrap();
            killed.stage(&all).unwrap();
            killed.some(steps).unwrap();
            drop(killed);
            let found = Transaction::recover(dir.path()).unwrap();
            let left = (steps < 5).then_some(Recovered::Finished);
            assert_eq!(found, left, "{steps}");
            assert_eq!(tree(dir.path()), done, "{steps}");
            assert_eq!(Transaction::recover(dir.path()).unwrap(), None);
        }
    }

    #[test]
    fn killed_before_it_decided_it_has_done_nothing() {
        let dir = TempDir::new().unwrap();
        changes(dir.path());
        let before = tree(dir.path());
        fs::create_dir_all(dir.path().join(STAGE).join("next")).unwrap();
        fs::write(dir.path().join(STAGE).join("next/0"), "ha").unwrap();
        let found = Transaction::recover(dir.path()).unwrap();
        assert_eq!(found, Some(Recovered::Dropped));
        assert_eq!(tree(dir.path()), before);
    }

    #[test]
    fn what_somebody_wrote_in_between_is_not_overwritten() {
        let dir = TempDir::new().unwrap();
        let all = changes(dir.path());
        let killed = Transaction::begin(dir.path()).unwrap();
        killed.stage(&all).unwrap();
        killed.some(1).unwrap();
        drop(killed);
        fs::write(dir.path().join("a"), "mine").unwrap();
        let error = Transaction::recover(dir.path()).unwrap_err();
        assert!(matches!(error, Error::Interrupted { .. }), "{error}");
        assert_eq!(fs::read_to_string(dir.path().join("a")).unwrap(), "mine");
    }

    #[test]
    fn one_at_a_time() {
        let dir = TempDir::new().unwrap();
        let _first = Transaction::begin(dir.path()).unwrap();
        let second = Transaction::begin(dir.path()).unwrap_err();
        assert!(matches!(second, Error::Busy { .. }), "{second}");
    }
}

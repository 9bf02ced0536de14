//! Keeping the cache within its bound: what was not used for longest goes first.

use super::digest::Digest;
use super::nameless::TEMPORARY;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// An artifact as the directory shows it.
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    used: SystemTime,
}

/// The artifacts in `dir`, least recently used first.
pub(super) fn entries(dir: &Path, extension: &str) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_none_or(|found| found != extension) {
            continue;
        }
        // Gone by now, if another process evicts too.
        let Ok(metadata) = fs::symlink_metadata(&path) else {
            continue;
        };
        entries.push(Entry {
            bytes: metadata.len(),
            used: metadata.modified()?,
            path,
        });
    }
    entries.sort_by_key(|entry| entry.used);
    Ok(entries)
}

/// Removes artifacts until no more than `max` bytes are left. A process that runs
/// one has it mapped, and keeps it.
pub(super) fn shrink(dir: &Path, extension: &str, max: u64) -> io::Result<()> {
    let entries = entries(dir, extension)?;
    let mut total: u64 = entries.iter().map(|entry| entry.bytes).sum();
    for entry in entries {
        if total <= max {
            break;
        }
        remove(&entry.path)?;
        total -= entry.bytes;
    }
    Ok(())
}

/// Removes all but the `max` newest files of a directory of small ones.
pub(super) fn thin(dir: &Path, max: usize) -> io::Result<()> {
    let mut files: Vec<(SystemTime, PathBuf)> = fs::read_dir(dir)?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.metadata().ok()?.modified().ok()?, entry.path()))
        })
        .collect();
    files.sort();
    let excess = files.len().saturating_sub(max);
    files[..excess]
        .iter()
        .try_for_each(|(_, path)| remove(path))
}

/// Removes unfinished files that nobody can still be writing.
pub(super) fn sweep(dir: &Path, older_than: Duration) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let unfinished = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
        let age = entry.metadata().and_then(|found| found.modified());
        let age = age.map(|modified| modified.elapsed().unwrap_or_default());
        if unfinished && age.is_ok_and(|age| age >= older_than) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes files with this extension that are too old to say anything.
pub(super) fn forget(dir: &Path, extension: &str, older_than: Duration) -> io::Result<()> {
    for entry in entries(dir, extension)? {
        if entry.used.elapsed().is_ok_and(|age| age >= older_than) {
            remove(&entry.path)?;
        }
    }
    Ok(())
}

/// Removes every file that has a name of the cache's, and no other.
pub(super) fn clear(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let is_ours = |stem: &str| stem.starts_with(TEMPORARY) || Digest::parse(stem).is_some();
        if stem.is_some_and(is_ours) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// That another process was faster is no error.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Notes that an artifact is in use. Seldom, for a write at each start would cost
/// more than the order is worth.
pub(super) fn touch(file: &File) {
    let now = SystemTime::now();
    let used = file.metadata().and_then(|metadata| metadata.modified());
    let fresh = |used| now.duration_since(used).is_ok_and(|age| age < SELDOM);
    if !used.is_ok_and(fresh) {
        // Without it the artifact goes sooner than it should: no harm.
        let _ = file.set_modified(now);
    }
}

/// How exact the order of use is.
const SELDOM: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_old_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        for name in ["old.tried", "new.tried", "old.cwasm"] {
            fs::write(path(name), "").unwrap();
        }
        let hour = Duration::from_secs(3600);
        for name in ["old.tried", "old.cwasm"] {
            let file = File::options().write(true).open(path(name)).unwrap();
            file.set_modified(SystemTime::now() - hour).unwrap();
        }
        forget(dir.path(), "tried", hour).unwrap();
        assert!(!path("old.tried").exists());
        assert!(path("new.tried").exists() && path("old.cwasm").exists());
    }
}

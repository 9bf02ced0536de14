//! Compiled code, kept for the next process.
//!
//! A cache is a directory of artifacts, one file for each component, compiler and
//! configuration, found by a key and mapped into memory as it is. See
//! [`Cache`] for what is promised.

pub(crate) mod artifact;
pub(crate) mod digest;
mod evict;
pub(crate) mod memo;
pub(crate) mod nameless;
pub(crate) mod note;
mod reserve;
mod trust;

use crate::error::{Error, Result};
use crate::policy::place::Place;
use crate::policy::sandbox::Sandbox;
use artifact::Unfit;
use digest::Digest;
use memo::Identity;
use note::CacheNote;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// A directory in which compiled code is kept for the next process.
///
/// Cheap to clone; clones are one cache. Any number of processes may share the
/// directory.
///
/// # What is promised
///
/// Loading an artifact runs its code, so:
///
/// - The directory and each file must belong to this process's user and be
///   writable by nobody else. This is asked of the open file at every load; what
///   does not comply is not loaded, and a [note](Cache::take_notes) says so.
/// - An artifact is found by a SHA-256 over the component's bytes, Wasmtime's exact
///   version, the engine's settings, the target and its CPU features, and carries
///   it: code of another component, version or configuration is not loaded. Nor is
///   a file that is shorter or longer than was written. Wasmtime checks version and
///   settings once more. What is not loaded is compiled anew and replaced.
/// - Files appear whole, after they are on the disk and were read back.
/// - Bytes that change afterwards, without the file's length changing, are noticed
///   by [`Cache::verify`] and not when the file is loaded: reading 30 MB at every
///   start would take longer than the start.
/// - A guest writes to none of it: a component of a runtime that has the cache gets no
///   store with a sandbox that grants a directory for writing which holds the cache, is
///   in it, or holds a symbolic link on the way to it ([`Error::Exposed`]). Of guests
///   that run without the cache, in this process or another, the cache knows nothing:
///   hold their sandboxes against it with [`Cache::check`].
/// - A cache that cannot be read or written costs time and nothing else.
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
    max_bytes: u64,
}

struct Inner {
    code: PathBuf,
    memo: PathBuf,
    dir: PathBuf,
    place: Arc<Place>,
    notes: Arc<Mutex<Vec<CacheNote>>>,
    /// Artifacts that are on their way to the disk.
    writing: Mutex<Vec<JoinHandle<()>>>,
}

/// What is in a [`Cache`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CacheInfo {
    /// The directory.
    pub dir: PathBuf,
    /// How many artifacts there are.
    pub artifacts: usize,
    /// Their bytes, all together.
    pub bytes: u64,
    /// How many bytes there may be.
    pub max_bytes: u64,
}

/// The extension of artifacts.
const EXTENSION: &str = "cwasm";

/// The extension of what says that an artifact was tried to be made.
const TRIED: &str = "tried";

/// How many memos are kept. Each takes one block of the disk.
const MAX_MEMOS: usize = 1000;

impl Cache {
    /// The default bound: 1 GiB. Code is two to three times the size of its
    /// component, so that this holds the 25 largest seen (Python's, 40 MB each) or
    /// some thousand small ones.
    pub const MAX_BYTES: u64 = 1 << 30;

    /// Opens the cache in `dir`, and makes the directory if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Distrusted`] when the directory belongs to another user or can be
    /// written by others, and [`Error::Cache`] when it cannot be made or read.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Cache> {
        let dir = dir.into();
        let (code, memo) = (dir.join("code"), dir.join("memo"));
        for dir in [&dir, &code, &memo] {
            private_dir(dir)?;
        }
        let inner = Inner {
            place: Arc::new(Place::with_parts(&dir, &[&code, &memo])),
            code,
            memo,
            dir,
            notes: Arc::default(),
            writing: Mutex::default(),
        };
        Ok(Cache {
            inner: Arc::new(inner),
            max_bytes: Self::MAX_BYTES,
        })
    }

    /// Where this platform keeps a user's caches: `~/.cache/worldhost`,
    /// `~/Library/Caches/worldhost`. None for a user without a home.
    pub fn default_dir() -> Option<PathBuf> {
        use etcetera::BaseStrategy;
        let base = etcetera::base_strategy::choose_native_strategy().ok()?;
        Some(base.cache_dir().join("worldhost"))
    }

    /// The same cache with another bound, in bytes of artifacts. What was not used
    /// for longest, to the hour, is removed when something is added.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// What is in it.
    ///
    /// # Errors
    ///
    /// [`Error::Cache`] when the directory cannot be read.
    pub fn info(&self) -> Result<CacheInfo> {
        let entries = self.entries()?;
        Ok(CacheInfo {
            dir: self.inner.dir.clone(),
            artifacts: entries.len(),
            bytes: entries.iter().map(|entry| entry.bytes).sum(),
            max_bytes: self.max_bytes,
        })
    }

    /// Looks at every byte of every artifact and removes those that are not what
    /// was written. Returns the names of these, each with the reason.
    ///
    /// # Errors
    ///
    /// [`Error::Cache`] when the directory cannot be read, or a file not removed.
    pub fn verify(&self) -> Result<Vec<(PathBuf, String)>> {
        let mut removed = Vec::new();
        for entry in self.entries()? {
            let why = match artifact::verify(&entry.path) {
                Ok(()) | Err(Unfit::Missing) => continue,
                Err(Unfit::Distrusted(why)) => why,
                Err(Unfit::Damaged(why)) => why.to_string(),
                Err(Unfit::Unreadable(error)) => format!("cannot be read: {error}"),
            };
            evict::remove(&entry.path).map_err(|error| self.error(&error))?;
            removed.push((entry.path, why));
        }
        Ok(removed)
    }

    /// That no guest in this sandbox can write to the cache.
    ///
    /// [`Component::store`](crate::Component::store) asks this too; here it can be
    /// asked before anything is compiled.
    ///
    /// # Errors
    ///
    /// [`Error::Exposed`] when one can, and [`Error::Read`] when the way to the cache
    /// cannot be followed.
    pub fn check(&self, sandbox: &Sandbox) -> Result<()> {
        sandbox.spares(&self.inner.place)
    }

    pub(crate) fn place(&self) -> &Arc<Place> {
        &self.inner.place
    }

    /// Removes everything that the cache wrote. Returns what was there.
    ///
    /// # Errors
    ///
    /// [`Error::Cache`] when something cannot be removed.
    pub fn clear(&self) -> Result<CacheInfo> {
        let info = self.info()?;
        for dir in [&self.inner.code, &self.inner.memo] {
            evict::clear(dir).map_err(|error| self.error(&error))?;
        }
        Ok(info)
    }

    /// What kept the cache from being used since this was last asked.
    pub fn take_notes(&self) -> Vec<CacheNote> {
        std::mem::take(&mut self.inner.notes.lock().unwrap())
    }

    /// The artifact of this key, if there is one to load.
    pub(crate) fn find(&self, key: &Digest) -> Option<File> {
        let path = self.path(key);
        match artifact::open(&path, key) {
            Ok(file) => {
                evict::touch(&file);
                return Some(file);
            }
            Err(Unfit::Missing) => {}
            Err(Unfit::Distrusted(why)) => self.note(CacheNote::Refused(format!(
                "{} is not loaded: it {why}",
                path.display()
            ))),
            Err(Unfit::Damaged(why)) => self.fail(&path, why),
            Err(Unfit::Unreadable(error)) => self.fail(&path, error),
        }
        None
    }

    /// Whether there is an artifact of this key.
    pub(crate) fn has(&self, key: &Digest) -> bool {
        self.path(key).exists()
    }

    /// Keeps an image under this key. The file that is returned has all of it; it
    /// gets its name a little later, on another thread, which the last clone of
    /// the cache waits for.
    pub(crate) fn insert(&self, key: &Digest, image: &[u8]) -> Option<File> {
        let path = self.path(key);
        if image.len() as u64 > self.max_bytes {
            self.fail(&path, "it is larger than the cache may be");
            return None;
        }
        let written = artifact::write(&self.inner.code, key, image)
            .and_then(|file| Ok((file.reopen()?, file)));
        let (open, file) = match written {
            Ok(written) => written,
            Err(error) => {
                self.fail(&path, error);
                return None;
            }
        };
        // Not the cache itself, which waits for this thread.
        let (code, memo) = (self.inner.code.clone(), self.inner.memo.clone());
        let (max, notes) = (self.max_bytes, self.inner.notes.clone());
        let finish = std::thread::Builder::new().spawn(move || {
            let finished = artifact::publish(file, &path)
                .and_then(|()| evict::shrink(&code, EXTENSION, max))
                .and_then(|()| evict::sweep(&code, ABANDONED))
                .and_then(|()| evict::forget(&code, TRIED, ABANDONED))
                .and_then(|()| evict::thin(&memo, MAX_MEMOS));
            if let Err(error) = finished {
                notes.lock().unwrap().push(CacheNote::failed(&path, error));
            }
        });
        match finish {
            Ok(finish) => self.inner.writing.lock().unwrap().push(finish),
            Err(error) => self.fail(&self.inner.code, error),
        }
        Some(open)
    }

    /// Waits until everything that was added is on the disk, as the end of the last
    /// clone does.
    pub fn flush(&self) {
        self.inner.flush();
    }

    /// Forgets the artifact of this key.
    pub(crate) fn remove(&self, key: &Digest) {
        let path = self.path(key);
        if let Err(error) = evict::remove(&path) {
            self.fail(&path, error);
        }
    }

    /// What a file of this identity holds, if it was noted.
    pub(crate) fn recall(&self, identity: &Identity) -> Option<String> {
        memo::recall(&self.inner.memo, identity)
    }

    /// Notes what an open file holds.
    pub(crate) fn memorize(&self, file: &File, identity: &Identity, content: &str) {
        if let Err(error) = memo::note(&self.inner.memo, file, identity, content) {
            self.fail(&self.inner.memo, error);
        }
    }

    pub(crate) fn note(&self, note: CacheNote) {
        self.inner.notes.lock().unwrap().push(note);
    }

    pub(crate) fn fail(&self, path: &Path, why: impl fmt::Display) {
        self.note(CacheNote::failed(path, why));
    }

    fn path(&self, key: &Digest) -> PathBuf {
        self.inner.code.join(format!("{key}.{EXTENSION}"))
    }

    fn entries(&self) -> Result<Vec<evict::Entry>> {
        evict::entries(&self.inner.code, EXTENSION).map_err(|error| self.error(&error))
    }

    fn error(&self, error: &io::Error) -> Error {
        Error::Cache {
            path: self.inner.dir.clone(),
            message: error.to_string(),
        }
    }
}

/// How long an unfinished file may be someone's who still writes it.
const ABANDONED: Duration = Duration::from_secs(3600);

impl Inner {
    fn flush(&self) {
        for thread in self.writing.lock().unwrap().drain(..) {
            let _ = thread.join();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.flush();
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("dir", &self.inner.dir)
            .field("max_bytes", &self.max_bytes)
            .finish()
    }
}

/// That a directory is this user's, and that no other can write to it. Where there is none, one
/// is made that no other can enter.
///
/// # Errors
///
/// [`Error::Distrusted`] when it is not so, and [`Error::Cache`] when it cannot be made or read.
pub fn private_dir(dir: &Path) -> Result<()> {
    let found = dir.metadata().or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => trust::create_private(dir).and_then(|()| dir.metadata()),
        _ => Err(error),
    });
    let path = dir.to_path_buf();
    let metadata = match found {
        Ok(metadata) => metadata,
        Err(error) => {
            let message = error.to_string();
            return Err(Error::Cache { path, message });
        }
    };
    if !metadata.is_dir() {
        let message = "it is not a directory".to_string();
        return Err(Error::Cache { path, message });
    }
    match trust::distrust(&metadata) {
        None => Ok(()),
        Some(message) => Err(Error::Distrusted { path, message }),
    }
}

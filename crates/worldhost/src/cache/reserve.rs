//! Who compiles in the background: one process of this user, and not again and again
//! what came to nothing.

use super::digest::Digest;
use super::{ABANDONED, Cache, TRIED, evict};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

/// The right to compile in the background, for as long as this is kept.
pub(crate) struct Reservation {
    tried: PathBuf,
    _lock: File,
}

impl Cache {
    /// The right to make the code of this key in the background.
    ///
    /// None when another process has it, when that cannot be told, or when it was
    /// tried within the last hour and came to nothing.
    pub(crate) fn reserve(&self, key: &Digest) -> Option<Reservation> {
        if self.was_tried(key) {
            return None;
        }
        let lock = File::create(self.lock_path()).ok()?;
        lock.try_lock().ok()?;
        Some(Reservation {
            tried: self.tried_path(key),
            _lock: lock,
        })
    }

    /// Whether [`Cache::reserve`] would give it now. Makes no file.
    pub(crate) fn is_reservable(&self, key: &Digest) -> bool {
        !self.was_tried(key)
            && match File::open(self.lock_path()) {
                Ok(lock) => lock.try_lock().is_ok(),
                Err(error) => error.kind() == io::ErrorKind::NotFound,
            }
    }

    fn was_tried(&self, key: &Digest) -> bool {
        let last = fs::metadata(self.tried_path(key)).and_then(|found| found.modified());
        last.is_ok_and(|time| time.elapsed().is_ok_and(|age| age < ABANDONED))
    }

    fn tried_path(&self, key: &Digest) -> PathBuf {
        self.path(key).with_extension(TRIED)
    }

    fn lock_path(&self) -> PathBuf {
        self.inner.dir.join("optimize.lock")
    }
}

impl Reservation {
    /// Notes the attempt; until [`Reservation::done`], it counts as a failed one.
    pub(crate) fn begin(&self) -> io::Result<()> {
        fs::write(&self.tried, "")
    }

    /// The attempt was not in vain.
    pub(crate) fn done(&self) {
        let _ = evict::remove(&self.tried);
    }
}

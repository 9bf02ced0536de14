//! Who compiles in the background: one process of this user, and not again and again
//! what came to nothing.

use super::{ABANDONED, Cache, Digest, evict};
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
        let tried = self.path(key).with_extension("tried");
        let last = fs::metadata(&tried).and_then(|found| found.modified());
        if last.is_ok_and(|time| time.elapsed().is_ok_and(|age| age < ABANDONED)) {
            return None;
        }
        let lock = File::create(self.inner.dir.join("optimize.lock")).ok()?;
        lock.try_lock().ok()?;
        Some(Reservation { tried, _lock: lock })
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

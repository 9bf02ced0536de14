//! The calls of an instance that are in flight.

use super::end::Stalled;
use std::sync::{Arc, Mutex, PoisonError};

/// Which calls have begun and are not at their end.
pub(super) struct Flights {
    /// How many there may be.
    places: usize,
    now: Mutex<Now>,
}

#[derive(Default)]
struct Now {
    exports: Vec<Arc<str>>,
    overdue: usize,
}

/// A call that has begun, until it is dropped.
pub(super) struct Flight {
    of: Arc<Flights>,
    export: Arc<str>,
    /// Whether nothing else was in flight when it began.
    pub(super) alone: bool,
    overdue: bool,
    /// Whether it is in flight for ever, for the instance ended in it.
    last: bool,
}

impl Flights {
    pub(super) fn new(places: usize) -> Self {
        Flights {
            places,
            now: Mutex::default(),
        }
    }

    fn with<R>(&self, with: impl FnOnce(&mut Now) -> R) -> R {
        with(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn begin(self: &Arc<Self>, export: &Arc<str>) -> Flight {
        let alone = self.with(|now| {
            now.exports.push(export.clone());
            now.exports.len() == 1
        });
        Flight {
            of: self.clone(),
            export: export.clone(),
            alone,
            overdue: false,
            last: false,
        }
    }

    /// How many are in flight, and the names of their exports with `or` between them.
    pub(super) fn named(&self) -> (usize, String) {
        self.with(|now| {
            let mut names = now.exports.clone();
            names.sort_unstable();
            names.dedup();
            match names.as_slice() {
                [] => (0, "what calls left to be done".to_string()),
                names => (now.exports.len(), names.join(" or ")),
            }
        })
    }
}

impl Flight {
    /// Its time is over, and it takes its place all the same.
    ///
    /// # Errors
    ///
    /// [`Stalled`] when there is no place that is not taken like this.
    pub(super) fn overdue(&mut self) -> Result<(), Stalled> {
        self.overdue = true;
        let full = self.of.with(|now| {
            now.overdue += 1;
            now.overdue >= self.of.places
        });
        if full { Err(Stalled) } else { Ok(()) }
    }

    /// The instance ends by it, while it is in flight.
    pub(super) fn ends_it(&mut self) {
        self.last = true;
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if self.last {
            return;
        }
        self.of.with(|now| {
            now.overdue -= usize::from(self.overdue);
            let mut exports = now.exports.iter();
            if let Some(at) = exports.position(|export| *export == self.export) {
                now.exports.swap_remove(at);
            }
        });
    }
}

//! What became of messages.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts since a [`Queue`](crate::Queue) was opened.
#[derive(Debug, Default)]
pub struct Counts {
    pub(crate) answered: AtomicU64,
    pub(crate) repeated: AtomicU64,
    pub(crate) again: AtomicU64,
    pub(crate) given_up: AtomicU64,
    pub(crate) returned: AtomicU64,
    pub(crate) in_flight: AtomicU64,
}

/// [`Counts`] at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Messages that have their result.
    pub answered: u64,
    /// Of these, those whose result was there already, by a worker that did not come to say so.
    pub repeated: u64,
    /// Times that a message failed and was put back.
    pub again: u64,
    /// Messages that were given up.
    pub given_up: u64,
    /// Messages that were given back when all was to end.
    pub returned: u64,
    /// Messages that are here.
    pub in_flight: u64,
}

impl Counts {
    /// As they are now.
    pub fn tally(&self) -> Tally {
        Tally {
            answered: self.answered.load(Relaxed),
            repeated: self.repeated.load(Relaxed),
            again: self.again.load(Relaxed),
            given_up: self.given_up.load(Relaxed),
            returned: self.returned.load(Relaxed),
            in_flight: self.in_flight.load(Relaxed),
        }
    }
}

pub(crate) fn add(count: &AtomicU64) {
    count.fetch_add(1, Relaxed);
}

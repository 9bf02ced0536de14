//! What became of calls, counted.

use crate::error::Error;
use crate::trap::Trap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// What became of the calls of an [`Instances`](crate::Instances) since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Calls that gave a result.
    pub succeeded: u64,
    /// Calls that gave none, all together.
    pub failed: u64,
    /// Of these, for a trap of the guest or an error of a host function.
    pub trapped: u64,
    /// Of these, for they took too long.
    pub timed_out: u64,
    /// Of the traps, those in which a limit was in the way.
    pub limited: u64,
    /// Time in calls, all together. Time spent waiting for a place is not in it.
    pub busy: Duration,
    /// The most linear memory, in bytes, that one instance had.
    pub memory: u64,
}

/// Counts from many threads.
#[derive(Default)]
pub(super) struct Counters {
    succeeded: AtomicU64,
    failed: AtomicU64,
    trapped: AtomicU64,
    timed_out: AtomicU64,
    limited: AtomicU64,
    nanoseconds: AtomicU64,
    memory: AtomicU64,
}

impl Counters {
    pub(super) fn count<R>(&self, result: &Result<R, Error>, took: Duration, memory: usize) {
        match result {
            Ok(_) => add(&self.succeeded),
            Err(error) => self.fail(error),
        }
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(took, Relaxed);
        // Seldom written, once the largest was there.
        if memory as u64 > self.memory.load(Relaxed) {
            self.memory.fetch_max(memory as u64, Relaxed);
        }
    }

    pub(super) fn fail(&self, error: &Error) {
        add(&self.failed);
        match error {
            Error::Trap(trap) => {
                let Trap { limit, .. } = &**trap;
                add(&self.trapped);
                limit.iter().for_each(|_| add(&self.limited));
            }
            Error::Timeout { .. } => add(&self.timed_out),
            _ => {}
        }
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            succeeded: self.succeeded.load(Relaxed),
            failed: self.failed.load(Relaxed),
            trapped: self.trapped.load(Relaxed),
            timed_out: self.timed_out.load(Relaxed),
            limited: self.limited.load(Relaxed),
            busy: Duration::from_nanos(self.nanoseconds.load(Relaxed)),
            memory: self.memory.load(Relaxed),
        }
    }
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}

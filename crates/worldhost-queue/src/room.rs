//! How many messages are taken at a time.

use crate::counts::{Counts, add};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::Notify;

/// So many messages are here that all jobs are busy for this long: long against the way to
/// the server, and short for another worker that has nothing to do.
const AHEAD: Duration = Duration::from_millis(50);

/// The most messages a job has waiting.
const MOST: u64 = 64;

/// Room for messages, which is there again when one is done.
pub(crate) struct Room {
    jobs: u64,
    counts: Arc<Counts>,
    /// What a message took of late, in nanoseconds.
    pace: AtomicU64,
    left: Notify,
}

/// A message's place.
pub(crate) struct Place(Arc<Room>);

impl Room {
    pub fn new(jobs: usize, counts: Arc<Counts>) -> Arc<Self> {
        Arc::new(Room {
            jobs: jobs.max(1) as u64,
            counts,
            pace: AtomicU64::new(AHEAD.as_nanos() as u64),
            left: Notify::new(),
        })
    }

    /// Waits until half of it is free, so that few are not fetched one by one; and gives how
    /// many may come.
    pub async fn free(&self) -> usize {
        loop {
            let left = self.left.notified();
            let (all, taken) = (self.size(), self.counts.in_flight.load(Relaxed));
            if taken <= all / 2 {
                return (all - taken).max(1) as usize;
            }
            left.await;
        }
    }

    /// Waits until none is taken.
    pub async fn empty(&self) {
        loop {
            let left = self.left.notified();
            if self.counts.in_flight.load(Relaxed) == 0 {
                return;
            }
            left.await;
        }
    }

    pub fn take(self: &Arc<Self>) -> Place {
        add(&self.counts.in_flight);
        Place(self.clone())
    }

    /// One message was worked on for so long.
    pub fn took(&self, time: Duration) {
        let time = time.as_nanos() as u64;
        let pace = self.pace.load(Relaxed);
        self.pace.store(pace - pace / 8 + time / 8, Relaxed);
    }

    fn size(&self) -> u64 {
        let ahead = AHEAD.as_nanos() as u64 / self.pace.load(Relaxed).max(1);
        self.jobs * ahead.clamp(1, MOST)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.counts.in_flight.fetch_sub(1, Relaxed);
        self.0.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn short_work_is_fetched_ahead_and_long_work_is_not() {
        let room = Room::new(2, Arc::default());
        for _ in 0..200 {
            room.took(Duration::from_secs(3));
        }
        assert_eq!(room.free().await, 2);
        for _ in 0..200 {
            room.took(Duration::from_micros(20));
        }
        assert_eq!(room.free().await, 128);
        let places: Vec<_> = (0..64).map(|_| room.take()).collect();
        assert_eq!(room.free().await, 64);
        let one = room.take();
        let free = tokio::time::timeout(Duration::from_millis(20), room.free()).await;
        assert!(free.is_err());
        drop(one);
        assert_eq!(room.free().await, 64);
        drop(places);
        room.empty().await;
    }
}

//! Durations, sorted into buckets.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The upper bounds of the buckets, in seconds; the last one takes all else.
const BOUNDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

#[derive(Debug, Default)]
pub(super) struct Histogram {
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

/// What is in a [`Histogram`] at a time.
pub(super) struct Observed {
    pub(super) seconds: f64,
    pub(super) count: u64,
    /// By their upper bound.
    pub(super) buckets: Vec<(f64, u64)>,
}

impl Histogram {
    pub(super) fn observe(&self, time: Duration) {
        let seconds = time.as_secs_f64();
        let bucket = BOUNDS.partition_point(|bound| *bound < seconds);
        self.buckets[bucket].fetch_add(1, Relaxed);
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(nanoseconds, Relaxed);
    }

    pub(super) fn observed(&self) -> Observed {
        let bounds = BOUNDS.iter().copied().chain([f64::INFINITY]);
        let counts = self.buckets.iter().map(|bucket| bucket.load(Relaxed));
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).collect();
        Observed {
            seconds: Duration::from_nanos(self.nanoseconds.load(Relaxed)).as_secs_f64(),
            count: buckets.iter().map(|(_, count)| count).sum(),
            buckets,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_the_bucket_of_its_bound() {
        let histogram = Histogram::default();
        for milliseconds in [0, 1, 2, 20_000] {
            histogram.observe(Duration::from_millis(milliseconds));
        }
        let Observed {
            seconds,
            count,
            buckets,
        } = histogram.observed();
        assert_eq!((seconds, count), (20.003, 4));
        let filled = buckets.into_iter().filter(|(_, count)| *count > 0);
        let filled: Vec<_> = filled.collect();
        assert_eq!(
            filled,
            [(0.0005, 1), (0.001, 1), (0.0025, 1), (f64::INFINITY, 1)]
        );
    }
}

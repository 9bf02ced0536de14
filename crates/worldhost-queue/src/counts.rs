//! What became of messages.

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Counts since a [`Queue`](crate::Queue) was opened.
#[derive(Debug)]
pub struct Counts {
    pub(crate) answered: AtomicU64,
    pub(crate) repeated: AtomicU64,
    pub(crate) again: AtomicU64,
    pub(crate) given_up: AtomicU64,
    pub(crate) returned: AtomicU64,
    pub(crate) in_flight: AtomicU64,
    durations: Histogram,
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

impl Default for Counts {
    fn default() -> Self {
        Counts {
            answered: AtomicU64::new(0),
            repeated: AtomicU64::new(0),
            again: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
            returned: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            // From a tenth of a millisecond to seven minutes.
            durations: Histogram::new(exponential_buckets(1e-4, 4.0, 12)),
        }
    }
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

    /// All of it as text for Prometheus, of the format 0.0.4.
    pub fn text(&self) -> String {
        let mut registry = Registry::with_prefix("worldhost_messages");
        let tally = self.tally();
        for (name, help, count) in [
            (
                "answered",
                "Messages that have their result",
                tally.answered,
            ),
            (
                "repeated",
                "Results that were there already",
                tally.repeated,
            ),
            (
                "failed",
                "Times that a message failed and was put back",
                tally.again,
            ),
            ("given_up", "Messages that were given up", tally.given_up),
            (
                "given_back",
                "Messages that were given back at the end",
                tally.returned,
            ),
        ] {
            registry.register(name, help, ConstCounter::new(count));
        }
        let here = i64::try_from(tally.in_flight).unwrap_or(i64::MAX);
        registry.register("in_flight", "Messages that are here", ConstGauge::new(here));
        registry.register_with_unit(
            "duration",
            "Time of calls",
            Unit::Seconds,
            self.durations.clone(),
        );
        let mut text = String::new();
        prometheus_text::encode(&mut text, &registry).expect("a string takes all");
        text
    }

    pub(crate) fn took(&self, time: Duration) {
        self.durations.observe(time.as_secs_f64());
    }
}

pub(crate) fn add(count: &AtomicU64) {
    count.fetch_add(1, Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_counts_are_told() {
        let counts = Counts::default();
        add(&counts.answered);
        counts.took(Duration::from_millis(3));
        let text = counts.text();
        for line in [
            "worldhost_messages_answered_total 1",
            "worldhost_messages_given_up_total 0",
            "worldhost_messages_in_flight 0",
            "worldhost_messages_duration_seconds_count 1",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{line}: {text}");
        }
    }
}

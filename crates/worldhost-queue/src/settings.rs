//! Which messages are worked on, and how.

use std::time::Duration;

/// Which messages are worked on, how many at a time, and where to what comes of them goes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The stream that keeps them.
    pub stream: String,
    /// The durable pull consumer, which all workers of one kind share. It is made if it is
    /// not there.
    pub consumer: String,
    /// Where it is made: only messages of these subjects.
    pub subject: Option<String>,
    /// Where results are published. A stream must keep them. None: they are not.
    pub results: Option<String>,
    /// Results are sent to the subject in a message's `Reply-To` header as well, where that is
    /// one of these subjects, such as `_INBOX.>`. None: never, for whoever may write to the
    /// stream would have this worker publish anywhere.
    pub replies: Option<String>,
    /// Where messages go that were given up, with the reason. A stream must keep them. None:
    /// they are ended, which the log tells.
    pub dead_letters: Option<String>,
    /// How often a message is tried, at least once.
    pub max_deliver: u64,
    /// How long a message rests after it failed; twice as long each time.
    pub backoff: Duration,
    /// And no longer than this.
    pub max_backoff: Duration,
    /// How many are answered at the same time, at least one.
    pub jobs: usize,
    /// Where the consumer is made: after how long without a sign of this worker a message is
    /// given to another.
    pub ack_wait: Duration,
    /// How long what has begun may take once all is to end.
    pub shutdown_time: Duration,
}

impl Settings {
    /// Those of a stream and a consumer: results go nowhere, messages are tried five times,
    /// and one is worked on at a time.
    pub fn new(stream: impl Into<String>, consumer: impl Into<String>) -> Self {
        Settings {
            stream: stream.into(),
            consumer: consumer.into(),
            subject: None,
            results: None,
            replies: None,
            dead_letters: None,
            max_deliver: 5,
            backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(60),
            jobs: 1,
            ack_wait: Duration::from_secs(30),
            shutdown_time: Duration::from_secs(30),
        }
    }

    /// How long a message rests that failed for the n-th time, from one.
    pub(crate) fn rest(&self, delivery: u64) -> Duration {
        let doublings = u32::try_from(delivery.saturating_sub(1)).unwrap_or(u32::MAX);
        let factor = 2u32.checked_pow(doublings).unwrap_or(u32::MAX);
        self.backoff.saturating_mul(factor).min(self.max_backoff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_is_twice_as_long_each_time_up_to_the_longest() {
        let settings = Settings::new("s", "c");
        let rests = [1, 2, 3, 6, 7, 1000].map(|delivery| settings.rest(delivery).as_secs());
        assert_eq!(rests, [1, 2, 4, 32, 60, 60]);
    }
}

//! The options that say which messages, and where to what comes of them goes.

use clap::Args;
use std::thread::available_parallelism;
use std::time::Duration;
use worldhost_policy::amount;
use worldhost_queue::Settings;

#[derive(Args)]
pub struct Messages {
    /// The stream that keeps the messages.
    #[arg(long, value_name = "NAME", help_heading = "Messages")]
    stream: String,

    /// The durable pull consumer, which all workers of one kind share. It is made if it is
    /// not there.
    #[arg(long, value_name = "NAME", help_heading = "Messages")]
    consumer: String,

    /// Where the consumer is made: only messages of these subjects [default: all of the
    /// stream].
    #[arg(long, value_name = "SUBJECT", help_heading = "Messages")]
    subject: Option<String>,

    /// Where results are published. A stream must keep them [default: nowhere].
    #[arg(long, value_name = "SUBJECT", help_heading = "Messages")]
    result_subject: Option<String>,

    /// Send the result to the subject in a message's Reply-To header too, where that is one
    /// of these: `_INBOX.>` [default: never, for who writes a message must not choose what
    /// this worker publishes to].
    #[arg(long, value_name = "SUBJECT", help_heading = "Messages")]
    reply_subject: Option<String>,

    /// Where messages go that are given up, with the reason in their headers. A stream must
    /// keep them [default: nowhere; the log tells].
    #[arg(long, value_name = "SUBJECT", help_heading = "Messages")]
    dead_letter_subject: Option<String>,

    /// How often a message is tried.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..), help_heading = "Messages")]
    max_deliver: u64,

    /// How long a message rests after it failed; twice as long each time.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "1s",
        help_heading = "Messages"
    )]
    backoff: Duration,

    /// The longest that it rests.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "1m",
        help_heading = "Messages"
    )]
    max_backoff: Duration,

    /// Where the consumer is made: how long nothing may be heard of the worker that has a
    /// message, before another one gets it.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "30s",
        help_heading = "Messages"
    )]
    ack_wait: Duration,

    /// How many messages are worked on at a time [default: one for each core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000), help_heading = "Messages")]
    jobs: Option<u32>,

    /// How long what has begun has to be done when all is to end; what is not is given back.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "30s",
        help_heading = "Messages"
    )]
    shutdown_timeout: Duration,
}

impl Messages {
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::new(&self.stream, &self.consumer);
        settings.subject = self.subject.clone();
        settings.results = self.result_subject.clone();
        settings.replies = self.reply_subject.clone();
        settings.dead_letters = self.dead_letter_subject.clone();
        settings.max_deliver = self.max_deliver;
        settings.backoff = self.backoff;
        settings.max_backoff = self.max_backoff;
        settings.ack_wait = self.ack_wait;
        settings.jobs = self.jobs() as usize;
        settings.shutdown_time = self.shutdown_timeout;
        settings
    }

    pub fn jobs(&self) -> u32 {
        let cores = || available_parallelism().map_or(1, |n| n.get().min(10_000) as u32);
        self.jobs.unwrap_or_else(cores)
    }

    pub fn names(&self) -> (&str, &str) {
        (&self.stream, &self.consumer)
    }
}

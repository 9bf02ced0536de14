//! The options that bound requests, and say how often an instance is used.

use super::listening::Listening;
use bytesize::ByteSize;
use clap::Args;
use std::time::Duration;
use worldhost_http::{Reuse, Settings};
use worldhost_policy::amount;

#[derive(Args)]
pub struct Bounds {
    /// How many requests are handled at a time.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000), help_heading = "Requests")]
    max_concurrent_requests: u32,

    /// How many more wait for their turn; others are told 503 at once.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1000,
        help_heading = "Requests"
    )]
    max_queued_requests: usize,

    /// How long one waits for its turn, before it is told 503.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "10s",
        help_heading = "Requests"
    )]
    queue_timeout: Duration,

    /// How many connections are open at a time; others wait in the system's queue.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10_000,
        help_heading = "Requests"
    )]
    max_concurrent_connections: usize,

    /// How long a client may take for the head of a request.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "10s",
        help_heading = "Requests"
    )]
    header_timeout: Duration,

    /// How long a connection may be without a request.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "75s",
        help_heading = "Requests"
    )]
    idle_timeout: Duration,

    /// How long nothing may come of a request's body that the component waits for; then 408.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "30s",
        help_heading = "Requests"
    )]
    body_timeout: Duration,

    /// How long a client may take nothing of a response.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "30s",
        help_heading = "Requests"
    )]
    write_timeout: Duration,

    /// How long the component may take until it answers; then 504. --timeout is for all of a
    /// request, its response included, and none unless it is given.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "30s",
        help_heading = "Requests"
    )]
    response_timeout: Duration,

    /// The longest head of a request; a longer one is told 431.
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "64KiB",
        help_heading = "Requests"
    )]
    max_header_size: ByteSize,

    /// The longest body of a request; a longer one is told 413. Without it there is none:
    /// bodies are streamed.
    #[arg(long, value_name = "SIZE", help_heading = "Requests")]
    max_body_size: Option<ByteSize>,
}

impl Bounds {
    pub fn settings(&self, listening: &Listening) -> Settings {
        let mut settings = Settings::default();
        settings.concurrent_requests = self.max_concurrent_requests as usize;
        settings.queued_requests = self.max_queued_requests;
        settings.queue_time = self.queue_timeout;
        settings.connections = self.max_concurrent_connections;
        settings.header_time = self.header_timeout;
        settings.idle_time = self.idle_timeout;
        settings.body_time = self.body_timeout;
        settings.write_time = self.write_timeout;
        settings.response_time = self.response_timeout;
        settings.header_bytes =
            usize::try_from(self.max_header_size.as_u64()).unwrap_or(usize::MAX);
        settings.body_bytes = self.max_body_size.map(|size| size.as_u64());
        settings.shutdown_time = listening.shutdown_time();
        settings
    }

    /// How many instances there can be.
    pub fn instances(&self) -> u32 {
        self.max_concurrent_requests
    }
}

#[derive(Args)]
pub struct Reusing {
    /// How many requests one instance handles before another takes its place. With more than
    /// one, a request can see what another left behind.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        help_heading = "Instances"
    )]
    max_instance_reuse_count: usize,

    /// How many of them it handles at a time; a component of WASI 0.2 one.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        help_heading = "Instances"
    )]
    max_instance_concurrent_reuse_count: usize,

    /// How long an instance is kept that has no request.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "1s",
        help_heading = "Instances"
    )]
    idle_instance_timeout: Duration,
}

impl Reusing {
    pub fn reuse(&self) -> Reuse {
        let mut reuse = Reuse::default();
        reuse.requests = self.max_instance_reuse_count;
        reuse.at_a_time = self.max_instance_concurrent_reuse_count;
        reuse.idle_time = self.idle_instance_timeout;
        reuse
    }
}

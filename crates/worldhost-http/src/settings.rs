//! What a server is told beside the component: bounds and times.

use std::time::Duration;

/// The bounds and times of an [`App`](crate::App) and of the server in front of it.
///
/// The defaults are meant for clients that nobody vouches for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// How many requests are handled at a time. Default: 1000. The runtime's
    /// [`Pool`](worldhost::Pool) should have as many instances.
    pub concurrent_requests: usize,
    /// How many more wait for their turn; who comes then is told 503. Default: 1000.
    pub queued_requests: usize,
    /// How long one waits for its turn, before it is told 503. Default: 10 s.
    pub queue_time: Duration,
    /// How many connections are open at a time; others wait in the system's queue.
    /// Default: 10,000.
    pub connections: usize,
    /// How long a client may take for the head of a request, from its first byte on; for the
    /// first one of a connection, from the connection on. Default: 10 s.
    pub header_time: Duration,
    /// How long a connection may be without a request. Default: 75 s.
    pub idle_time: Duration,
    /// How long nothing may come of a request's body while the guest waits for it. The client
    /// is told 408. Default: 30 s.
    pub body_time: Duration,
    /// How long the client may take nothing of what there is to send. Its connection is
    /// closed, and the guest ended. Default: 30 s.
    pub write_time: Duration,
    /// How long a guest may take for the head of its response, with the start of the
    /// instance; and for what it does after the end of its response. The client is told 504.
    /// How long it takes in all is for [`Limits::timeout`](worldhost::Limits::timeout).
    /// Default: 30 s.
    pub response_time: Duration,
    /// Bytes of a request's head; a longer one is told 431. Default: 64 KiB, and 8 KiB at the
    /// least.
    pub header_bytes: usize,
    /// Bytes of a request's body; a longer one is told 413. Default: none, for bodies are
    /// streamed and take no memory.
    pub body_bytes: Option<u64>,
    /// How long the requests in hand have after the shutdown began. Default: 30 s.
    pub shutdown_time: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            concurrent_requests: 1000,
            queued_requests: 1000,
            queue_time: Duration::from_secs(10),
            connections: 10_000,
            header_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(75),
            body_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            response_time: Duration::from_secs(30),
            header_bytes: 64 << 10,
            body_bytes: None,
            shutdown_time: Duration::from_secs(30),
        }
    }
}

/// How often an instance is used. Default: once, so that no request can see what another
/// left behind.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reuse {
    /// How many requests one instance handles before another takes its place.
    pub requests: usize,
    /// How many of them at a time. A component of WASI 0.2 has one, whatever this says.
    pub at_a_time: usize,
    /// How long an instance is kept that has no request.
    pub idle_time: Duration,
    /// How long an instance with several requests may give way to none of them, before it is
    /// ended with all. Default: 30 s.
    pub stall_time: Duration,
}

impl Default for Reuse {
    fn default() -> Self {
        Reuse {
            requests: 1,
            at_a_time: 1,
            idle_time: Duration::from_secs(1),
            stall_time: Duration::from_secs(30),
        }
    }
}

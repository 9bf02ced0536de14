//! What goes wrong with the queue as a whole.

use std::path::PathBuf;

/// As results of this crate are.
pub type Result<T> = std::result::Result<T, Error>;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why there is no queue, or none any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is none of NATS.
    #[error(
        "`{url}` is no address of NATS: {message}; it is as nats://HOST:PORT or tls://HOST:PORT"
    )]
    Address {
        /// As it was given, without a password.
        url: String,
        /// What is wrong with it.
        message: String,
    },
    /// What is to be proved to the server cannot be read.
    #[error("cannot read {}", file.display())]
    Credentials {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Nobody answers there, or not to us.
    #[error("cannot connect to {url}")]
    Connect {
        /// The address, without a password.
        url: String,
        /// Why.
        source: Cause,
    },
    /// The server has no such stream.
    #[error(
        "the server has no stream {stream}; make it first: nats stream add {stream} --subjects SUBJECT"
    )]
    NoStream {
        /// Its name.
        stream: String,
    },
    /// There is such a consumer, and it is of another kind.
    #[error("consumer {consumer} of stream {stream} {message}")]
    Consumer {
        /// The stream.
        stream: String,
        /// The consumer.
        consumer: String,
        /// What is wrong with it, and what to do.
        message: String,
    },
    /// What is published there is kept by nobody.
    #[error(
        "no stream keeps {subject}, so what is published there would be lost; make one: nats stream add NAME --subjects {subject}"
    )]
    NotKept {
        /// The subject of results or dead letters.
        subject: String,
    },
    /// A worker would work on its own results.
    #[error(
        "{subject} is among the subjects that consumer {consumer} takes: its results would be its work"
    )]
    Circle {
        /// The subject of results or dead letters.
        subject: String,
        /// The consumer.
        consumer: String,
    },
    /// The server did not do what was asked.
    #[error("{what}: the server did not do it")]
    Server {
        /// What was asked.
        what: String,
        /// Why.
        source: Cause,
    },
    /// The consumer was there, and is no more.
    #[error("consumer {consumer} of stream {stream} is gone: somebody removed it")]
    Gone {
        /// The stream.
        stream: String,
        /// The consumer.
        consumer: String,
    },
}

//! What is asked by a message, and what comes of it.

use bytes::Bytes;
use std::future::Future;

/// A message to be answered.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Task {
    /// The subject that it was published to.
    pub subject: String,
    /// What it says.
    pub payload: Bytes,
    /// What it is known by: its `Nats-Msg-Id`, or else stream and number.
    pub id: String,
    /// The how many-th time this is, from one.
    pub delivery: u64,
    /// Its `traceparent`, if it has one.
    pub trace: Option<String>,
}

/// Answers messages, several at a time.
pub trait Answer: Send + Sync + 'static {
    /// Answers one. It is dropped where all is to end and the time for that is over.
    fn answer(&self, task: Task) -> impl Future<Output = Outcome> + Send;
}

/// What came of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A result. The message is done when this is stored.
    Result(Bytes),
    /// It failed, and may go well another time.
    Again(Reason),
    /// It failed, and would each time.
    Never(Reason),
}

impl Outcome {
    /// 0, or the code of what went wrong.
    pub(crate) fn code(&self) -> i32 {
        match self {
            Outcome::Result(_) => 0,
            Outcome::Again(reason) | Outcome::Never(reason) => reason.code,
        }
    }

    /// The bytes of the result, if there is one.
    pub(crate) fn bytes(&self) -> Option<usize> {
        match self {
            Outcome::Result(result) => Some(result.len()),
            Outcome::Again(_) | Outcome::Never(_) => None,
        }
    }
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What went wrong, in one line.
    pub message: String,
    /// The exit code that a command would end with.
    pub code: i32,
}

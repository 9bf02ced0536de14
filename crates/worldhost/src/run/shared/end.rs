//! How calls that overlap end, and their instance.

use crate::error::{Error, Result};
use crate::trap::Trap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::SetOnce;

/// What a caller gets.
pub(super) struct Answer<R> {
    pub(super) result: Result<R>,
    /// Bytes of linear memory that the instance had.
    pub(super) memory: usize,
}

impl<R> Answer<R> {
    /// Its time is over.
    pub(super) fn late(export: &str, limit: Duration) -> Self {
        Answer {
            result: Err(Error::Timeout {
                export: export.to_string(),
                limit,
            }),
            memory: 0,
        }
    }
}

/// Calls that are out of time left no way for others.
#[derive(Debug)]
pub(super) struct Stalled;

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("calls that are out of time left no way for others")
    }
}

impl std::error::Error for Stalled {}

/// The end, once it has come. Clones are one.
#[derive(Clone, Default)]
pub(super) struct Ending(Arc<SetOnce<End>>);

/// Why there are no more answers.
pub(super) struct End {
    pub(super) why: Why,
    /// How many calls were in flight, and their exports with `or` between them.
    pub(super) calls: usize,
    pub(super) exports: String,
    pub(super) memory: usize,
}

pub(super) enum Why {
    Trapped(Trap),
    Exited(i32),
    Stalled,
    /// The host failed.
    Host(String),
}

impl Ending {
    /// The first end stays.
    pub(super) fn set(&self, end: End) {
        let _ = self.0.set(end);
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.get().is_some()
    }

    /// What a call is told that was in flight; or had not begun.
    pub(super) async fn answer<R>(&self, export: &str, begun: bool) -> Answer<R> {
        if !begun {
            let result = Err(self.dead().await);
            return Answer { result, memory: 0 };
        }
        let end = self.0.wait().await;
        Answer {
            result: Err(end.error(export)),
            memory: end.memory,
        }
    }

    /// Why it ended, and in how many calls.
    pub(super) async fn error(&self) -> (Error, usize) {
        let end = self.0.wait().await;
        (end.error(&end.exports), end.calls)
    }

    /// What later calls are told.
    pub(super) async fn dead(&self) -> Error {
        Error::Dead {
            export: self.0.wait().await.exports.clone(),
        }
    }
}

impl End {
    /// For a call of this export.
    fn error(&self, export: &str) -> Error {
        let export = export.to_string();
        match &self.why {
            Why::Trapped(trap) => Error::Trap(Box::new(Trap {
                export,
                ..trap.clone()
            })),
            Why::Exited(code) => Error::Exit(*code),
            Why::Stalled => Error::Stalled { export },
            Why::Host(message) => Error::Host(message.clone()),
        }
    }
}

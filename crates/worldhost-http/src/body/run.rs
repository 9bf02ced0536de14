//! A guest at work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use worldhost::{Error, Result};

/// A guest at work on a request: ready when its instance has nothing more to do for it. A
/// function of the host that panics is the end of its guest, and of no connection.
pub(crate) struct Run {
    run: Pin<Box<dyn Future<Output = Result<()>> + Send>>,
    /// Whether the guest goes on without being polled here.
    by_itself: bool,
}

impl Run {
    /// A guest that is at work while it is polled.
    pub(crate) fn new(run: impl Future<Output = Result<()>> + Send + 'static) -> Self {
        Run {
            run: Box::pin(run),
            by_itself: false,
        }
    }

    /// One at work on a task that others have too; here one learns how it goes.
    pub(crate) fn elsewhere(run: impl Future<Output = Result<()>> + Send + 'static) -> Self {
        Run {
            by_itself: true,
            ..Run::new(run)
        }
    }

    /// Whether the guest goes on without being polled here.
    pub(crate) fn goes_by_itself(&self) -> bool {
        self.by_itself
    }
}

impl Future for Run {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        // What is broken by it is in the future, which is not polled again.
        let run = AssertUnwindSafe(|| self.run.as_mut().poll(context));
        catch_unwind(run).unwrap_or_else(|_| {
            let words = "a function of the host panicked";
            Poll::Ready(Err(Error::Host(words.into())))
        })
    }
}

//! A guest at work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use worldhost::{Error, Result};

/// A guest at work on a request: ready when its instance has nothing more to do for it. A
/// function of the host that panics is the end of its guest, and of no connection.
pub(crate) struct Run(Pin<Box<dyn Future<Output = Result<()>> + Send>>);

impl Run {
    pub(crate) fn new(run: impl Future<Output = Result<()>> + Send + 'static) -> Self {
        Run(Box::pin(run))
    }
}

impl Future for Run {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        // What is broken by it is in the future, which is not polled again.
        let run = AssertUnwindSafe(|| self.0.as_mut().poll(context));
        catch_unwind(run).unwrap_or_else(|_| {
            let words = "a function of the host panicked";
            Poll::Ready(Err(Error::Host(words.into())))
        })
    }
}

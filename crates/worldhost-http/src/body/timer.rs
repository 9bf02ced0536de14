//! A time that is over at some point, and costs nothing before somebody waits.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// A deadline that is set again and again. The timer behind it is made when it is first
/// waited for.
#[derive(Default)]
pub(crate) struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    set: bool,
}

impl Timer {
    /// Whether a deadline is set.
    pub(crate) fn is_set(&self) -> bool {
        self.set
    }

    /// Sets the deadline. One beyond all clocks is none.
    pub(crate) fn set(&mut self, from: Instant, time: Duration) {
        let Some(at) = from.checked_add(time) else {
            self.set = false;
            return;
        };
        self.set = true;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(at),
            none => *none = Some(Box::pin(sleep_until(at))),
        }
    }

    pub(crate) fn unset(&mut self) {
        self.set = false;
    }

    /// Ready when a deadline is set and over.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.sleep {
            Some(sleep) if self.set => sleep.as_mut().poll(context),
            _ => Poll::Pending,
        }
    }

    /// Sets the deadline if none is, and polls it.
    pub(crate) fn poll_within(&mut self, time: Duration, context: &mut Context<'_>) -> Poll<()> {
        if !self.set {
            self.set(Instant::now(), time);
        }
        self.poll(context)
    }
}

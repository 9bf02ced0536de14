//! What happens to plugins, as it is told.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use worldhost::{Pin, printable};

/// Something that happened. In words it is one line that a terminal can be given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A plugin is there.
    Loaded {
        /// Its name.
        plugin: Arc<str>,
        /// What its file is.
        digest: Pin,
    },
    /// Calls go to another version from now on, or to the same with other grants and limits.
    Replaced {
        /// Its name.
        plugin: Arc<str>,
        /// What it was.
        from: Pin,
        /// What it is.
        to: Pin,
    },
    /// Calls go to the version before from now on.
    RolledBack {
        /// Its name.
        plugin: Arc<str>,
        /// What it was.
        from: Pin,
        /// What it is.
        to: Pin,
    },
    /// It takes no more calls.
    Removed {
        /// Its name.
        plugin: Arc<str>,
    },
    /// What was to come does not fit, and all goes on as it was.
    Refused {
        /// Its name; none for a manifest as a whole.
        plugin: Option<Arc<str>>,
        /// On one line.
        why: String,
    },
    /// All calls of a version that was left have come to their end.
    Drained {
        /// Its name.
        plugin: Arc<str>,
        /// Which version.
        digest: Pin,
        /// How long that took.
        took: Duration,
    },
    /// The time of a version that was left is over, and its last calls were ended.
    CutOff {
        /// Its name.
        plugin: Arc<str>,
        /// Which version.
        digest: Pin,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Loaded { plugin, digest } => write!(f, "{plugin}: loaded, {digest}"),
            Event::Replaced { plugin, from, to } if from == to => {
                write!(f, "{plugin}: has other grants or limits, {to}")
            }
            Event::Replaced { plugin, from, to } => {
                write!(f, "{plugin}: replaced, {to} for {from}")
            }
            Event::RolledBack { plugin, from, to } => {
                write!(f, "{plugin}: rolled back to {to} from {from}")
            }
            Event::Removed { plugin } => write!(f, "{plugin}: removed"),
            Event::Refused { why, .. } => {
                write!(f, "all goes on as it was: {}", printable(why))
            }
            Event::Drained {
                plugin,
                digest,
                took,
            } => write!(f, "{plugin}: {digest} did its last call after {took:.1?}"),
            Event::CutOff { plugin, digest } => {
                write!(
                    f,
                    "{plugin}: {digest} was out of time, and its last calls were ended"
                )
            }
        }
    }
}

/// So many wait for a listener that is slow; the oldest are lost first.
const WAITING: usize = 256;

/// Where events are told.
#[derive(Clone)]
pub(crate) struct Told(broadcast::Sender<Event>);

impl Told {
    pub(crate) fn new() -> Self {
        Told(broadcast::Sender::new(WAITING))
    }

    pub(crate) fn listen(&self) -> Events {
        Events(self.0.subscribe())
    }

    /// That nobody listens is no matter.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.0.send(event);
    }
}

/// The events from a moment on.
pub struct Events(broadcast::Receiver<Event>);

impl Events {
    /// Waits for the next one; none when there are no plugins any more. Of one who does not
    /// ask for long, the oldest are lost.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            match self.0.recv().await {
                Ok(event) => return Some(event),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

//! How a component is.

use super::child::Child;
use super::manifest::{Entry, Kind};
use serde::Serialize;
use std::time::{SystemTime, UNIX_EPOCH};
use worldhost_http::Address;

/// At a moment, as the page `/state` has it.
#[derive(Clone, Serialize)]
pub struct State {
    pub name: String,
    pub run: &'static str,
    pub source: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    pub phase: Phase,
    /// Of the process that runs it.
    pub pid: Option<u32>,
    /// When the phase began, in seconds since 1970.
    pub since: u64,
    /// How often it was started again after it had ended.
    pub restarts: u64,
    /// What it ended with last.
    pub code: Option<i32>,
    #[serde(skip)]
    pub kind: Kind,
    #[serde(skip)]
    pub pages: Option<Address>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    Starting,
    Ready,
    /// It ended, and is started again in a moment.
    Resting,
    /// It ended, and is not started again.
    Ended,
    Stopping,
    Stopped,
}

impl Phase {
    pub fn name(self) -> &'static str {
        match self {
            Phase::Starting => "starting",
            Phase::Ready => "ready",
            Phase::Resting => "resting",
            Phase::Ended => "ended",
            Phase::Stopping => "stopping",
            Phase::Stopped => "stopped",
        }
    }
}

impl State {
    pub fn new(entry: &Entry) -> Self {
        let mut state = State {
            name: String::new(),
            run: "",
            source: String::new(),
            addresses: Vec::new(),
            phase: Phase::Starting,
            pid: None,
            since: now(),
            restarts: 0,
            code: None,
            kind: entry.kind,
            pages: None,
        };
        state.of(entry);
        state
    }

    /// It is run like this from now on.
    pub fn of(&mut self, entry: &Entry) {
        self.name.clone_from(&entry.name);
        self.kind = entry.kind;
        self.run = entry.kind.name();
        self.source.clone_from(&entry.source);
        self.addresses = entry.addresses.iter().map(ToString::to_string).collect();
    }

    pub fn to(&mut self, phase: Phase, child: Option<&Child>) {
        self.phase = phase;
        self.pid = child.map(Child::pid);
        self.pages = child.and_then(|child| child.pages().cloned());
        self.since = now();
    }

    /// Whether there is nothing more to come of it.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Ended | Phase::Stopped)
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

//! How a component is.

use super::child::Child;
use super::manifest::{Entry, Kind};
use serde::{Serialize, Serializer};
use std::time::{SystemTime, UNIX_EPOCH};
use worldhost_http::Address;

/// At a moment, as the page `/state` has it.
#[derive(Clone, Serialize)]
pub struct State {
    #[serde(flatten)]
    pub what: What,
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
    pub pages: Option<Address>,
}

/// What is run.
#[derive(Clone, Serialize)]
pub struct What {
    pub name: String,
    #[serde(rename = "run", serialize_with = "by_name")]
    pub kind: Kind,
    source: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<String>,
}

impl What {
    pub fn of(entry: &Entry) -> Self {
        What {
            name: entry.name.clone(),
            kind: entry.kind,
            source: entry.source.clone(),
            addresses: entry.addresses.iter().map(ToString::to_string).collect(),
        }
    }
}

fn by_name<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Serialize for Phase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
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
        State {
            what: What::of(entry),
            phase: Phase::Starting,
            pid: None,
            since: now(),
            restarts: 0,
            code: None,
            pages: None,
        }
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

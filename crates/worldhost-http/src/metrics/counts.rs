//! Counts, from many threads.

use super::histogram::Histogram;
use crate::failure::Failure;
use http::StatusCode;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use worldhost::{Error, Limit};

/// Counts since an [`App`](crate::App) was made. All threads write to it, and none waits.
#[derive(Debug)]
pub struct Metrics {
    /// Responses, by status from 100 on.
    pub(super) statuses: [AtomicU64; STATUSES],
    pub(super) durations: Histogram,
    pub(super) in_flight: Gauge,
    pub(super) queued: Gauge,
    pub(super) connections: Gauge,
    pub(super) refused: AtomicU64,
    pub(super) instances: AtomicU64,
    pub(super) traps: AtomicU64,
    pub(super) exits: AtomicU64,
    pub(super) timeouts: AtomicU64,
    pub(super) abandoned: AtomicU64,
    pub(super) limits: Vec<AtomicU64>,
    pub(super) reloads: [AtomicU64; 2],
}

const STATUSES: usize = 500;

/// A number that goes up and down.
#[derive(Debug, Default)]
pub(crate) struct Gauge(AtomicU64);

/// One more in a [`Gauge`], until it is dropped.
pub(crate) struct Counted<'a>(&'a Gauge);

impl Gauge {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    pub(crate) fn remove(&self) {
        self.0.fetch_sub(1, Relaxed);
    }

    pub(crate) fn counted(&self) -> Counted<'_> {
        self.add();
        Counted(self)
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.remove();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics {
            statuses: [const { AtomicU64::new(0) }; STATUSES],
            durations: Histogram::default(),
            in_flight: Gauge::default(),
            queued: Gauge::default(),
            connections: Gauge::default(),
            refused: AtomicU64::new(0),
            instances: AtomicU64::new(0),
            traps: AtomicU64::new(0),
            exits: AtomicU64::new(0),
            timeouts: AtomicU64::new(0),
            abandoned: AtomicU64::new(0),
            limits: Limit::ALL.iter().map(|_| AtomicU64::default()).collect(),
            reloads: Default::default(),
        }
    }
}

impl Metrics {
    /// Requests that were answered with this status.
    pub fn answered(&self, status: StatusCode) -> u64 {
        self.of_status(status)
            .map_or(0, |count| count.load(Relaxed))
    }

    /// Requests that are being handled, up to the end of their response.
    pub fn in_flight(&self) -> u64 {
        self.in_flight.get()
    }

    /// Requests that wait for their turn.
    pub fn queued(&self) -> u64 {
        self.queued.get()
    }

    /// Connections that are open.
    pub fn connections(&self) -> u64 {
        self.connections.get()
    }

    /// Instances that were made.
    pub fn instances(&self) -> u64 {
        self.instances.load(Relaxed)
    }

    /// Guests that trapped.
    pub fn traps(&self) -> u64 {
        self.traps.load(Relaxed)
    }

    /// Requests whose client went away before the end of the response.
    pub fn abandoned(&self) -> u64 {
        self.abandoned.load(Relaxed)
    }

    /// A new version of the component was to be served: whether it is.
    pub fn count_reload(&self, taken: bool) {
        add(&self.reloads[usize::from(taken)]);
    }

    pub(crate) fn queue(&self) -> &Gauge {
        &self.queued
    }

    pub(crate) fn connected(&self) -> &Gauge {
        &self.connections
    }

    pub(crate) fn count_instance(&self) {
        add(&self.instances);
    }

    pub(crate) fn begin(&self) {
        self.in_flight.add();
    }

    /// A request has its response, or has been given up.
    pub(crate) fn end(&self, status: Option<StatusCode>, took: Duration, whole: bool) {
        self.in_flight.remove();
        if let Some(status) = status {
            if let Some(count) = self.of_status(status) {
                add(count);
            }
            self.durations.observe(took);
        }
        if !whole {
            add(&self.abandoned);
        }
    }

    pub(crate) fn count_failure(&self, failure: &Failure) {
        match failure {
            Failure::Guest(error) => self.count_error(error),
            Failure::Late(_) => add(&self.timeouts),
            Failure::Busy => add(&self.refused),
            _ => {}
        }
    }

    pub(crate) fn count_error(&self, error: &Error) {
        match error {
            Error::Trap(trap) => {
                add(&self.traps);
                if let Some(hit) = &trap.limit {
                    let limits = Limit::ALL.iter().zip(&self.limits);
                    let hits = limits.filter(|(limit, _)| **limit == hit.limit);
                    hits.for_each(|(_, count)| add(count));
                }
            }
            Error::Exit(_) => add(&self.exits),
            Error::Timeout { .. } | Error::Stalled { .. } => add(&self.timeouts),
            _ => {}
        }
    }

    fn of_status(&self, status: StatusCode) -> Option<&AtomicU64> {
        let index = usize::from(status.as_u16()).checked_sub(100)?;
        self.statuses.get(index)
    }
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Relaxed);
}

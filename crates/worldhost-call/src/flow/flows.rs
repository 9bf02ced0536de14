//! The streams and futures of a session, which are fed and read while calls run.

use super::adapter::{Adapters, Chunk, Event, Reader, Writer};
use super::supply::Left;
use super::text::Flow;
use crate::error::{Error, Result};
use crate::handle::Reference;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use tokio::sync::mpsc::UnboundedReceiver;
use wasmtime::component::Accessor;

/// A stream or future, and what is left to give it.
pub(crate) struct Feeder {
    writer: Writer,
    left: Left,
    /// What was given is not where it is to go yet.
    is_giving: bool,
}

impl Feeder {
    pub fn new(writer: Writer, left: Left) -> Self {
        Feeder {
            writer,
            left,
            is_giving: false,
        }
    }
}

/// All streams and futures that are under way in a session.
pub(crate) struct Flows {
    pub adapters: Adapters,
    events: UnboundedReceiver<Event>,
    /// What calls were given, as long as there is more of it.
    pub feeders: Vec<Feeder>,
    pub reading: Vec<Reading>,
}

/// A stream or future that is read.
pub(crate) struct Reading {
    pub reader: Reader,
    pub name: Reference,
    pub flow: Flow,
}

impl Default for Flows {
    fn default() -> Self {
        let (adapters, events) = Adapters::new();
        Flows {
            adapters,
            events,
            feeders: Vec::new(),
            reading: Vec::new(),
        }
    }
}

impl Flows {
    /// Gives to whoever wants more, until there is something to take from one of those
    /// that are read: which. Without any it does not end. May be dropped half-way: the
    /// next time it goes on with what is left.
    pub async fn pump<T: Send>(
        &mut self,
        accessor: &Accessor<T>,
    ) -> wasmtime::Result<Result<usize>> {
        for reading in &mut self.reading {
            accessor.with(|store| reading.reader.wait(store))?;
        }
        seen_to().await;
        loop {
            let (at, next) = tokio::select! {
                biased;
                event = self.events.recv() => {
                    if let Some(at) = event.and_then(|event| self.take_note(event)) {
                        return Ok(Ok(at));
                    }
                    continue;
                }
                next = next(&mut self.feeders) => next,
            };
            let feeder = &mut self.feeders[at];
            match next {
                Ok(Some(chunk)) => {
                    accessor.with(|store| feeder.writer.give(store, chunk))?;
                    feeder.is_giving = true;
                }
                Ok(None) => {
                    accessor.with(|store| feeder.writer.close(store))?;
                    self.feeders.swap_remove(at);
                }
                Err(error) => return Ok(Err(error)),
            }
            seen_to().await;
        }
    }

    /// Which of those that are read has something to take.
    fn take_note(&mut self, event: Event) -> Option<usize> {
        match event {
            Event::Ready(number) => {
                // What is left of an earlier call, nobody reads any more.
                let mut all = self.reading.iter();
                let at = all.position(|reading| reading.reader.number() == number)?;
                self.reading[at].reader.is_ready();
                Some(at)
            }
            Event::Given(number, more) => {
                let mut all = self.feeders.iter();
                let at = all.position(|feeder| feeder.writer.number() == number)?;
                match more {
                    true => self.feeders[at].is_giving = false,
                    false => drop(self.feeders.swap_remove(at)),
                }
                None
            }
        }
    }
}

/// Has Wasmtime see the calls that were begun: where nothing else is under way, it may poll
/// us last of all, and then not look for what we began until something else wakes it.
async fn seen_to() {
    tokio::task::yield_now().await;
}

/// The first to have something to give.
async fn next(feeders: &mut [Feeder]) -> (usize, Result<Option<Chunk>, Error>) {
    poll_fn(|cx| {
        for (at, feeder) in feeders.iter_mut().enumerate() {
            if feeder.is_giving {
                continue;
            }
            if let Poll::Ready(next) = pin!(feeder.left.next()).poll(cx) {
                return Poll::Ready((at, next));
            }
        }
        Poll::Pending
    })
    .await
}

//! One instance that goes on while inputs are read, and has as many of them at a time as there
//! are jobs: where the export is `async`.

use super::inputs::{Input, Inputs, Place};
use super::results::Results;
use super::room::Room;
use crate::project::{Overlapping, Project};
use anyhow::Context;
use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, Sender};
use tokio::task::JoinHandle;
use worldhost::{Error, Instances, Shared};

/// The instance of the day.
struct Current<P: Project> {
    instances: Instances<P::Guest, P::Data>,
    jobs: u16,
    call: Overlapping<P>,
    shared: Mutex<Option<Shared<P::Guest, P::Data>>>,
    /// Why instances ended while no input was with them.
    lost: mpsc::UnboundedSender<Error>,
    room: Room,
}

/// Calls in the order of their inputs.
type Calls = VecDeque<(Place, JoinHandle<anyhow::Result<String>>)>;

pub async fn run<P: Project>(
    instances: &Instances<P::Guest, P::Data>,
    call: Overlapping<P>,
    inputs: Inputs,
    jobs: u16,
    results: &mut Results<'_>,
) -> anyhow::Result<()> {
    let (lost, mut losses) = mpsc::unbounded_channel();
    let current = Arc::new(Current::<P> {
        instances: instances.clone(),
        jobs,
        call,
        shared: Mutex::default(),
        lost,
        room: Room::default(),
    });
    let (send, mut queue) = mpsc::channel(jobs.into());
    // Results of later inputs are kept until it is their turn, so many at most. One at a
    // time, none begins before it is known that the one before has not failed.
    let ahead = match jobs {
        1 => 1,
        jobs => 4 * usize::from(jobs),
    };
    // It may wait for stdin for ever. Nobody waits for it: the process ends.
    let reader = thread::Builder::new().spawn(move || read(inputs, &send));
    reader.context("cannot start a thread that reads inputs")?;
    let mut calls = Calls::new();
    let (room, mut begun) = (&current.room, 0);
    loop {
        let free = calls.len() < ahead;
        if !is_done(&calls) {
            results.flush()?;
        }
        tokio::select! {
            biased;
            Some((place, result)) = next(&mut calls, room) => results.take(place, result)?,
            Some(error) = losses.recv() => results.lost(error.into())?,
            input = queue.recv(), if free => match input {
                Some(input) => {
                    let Input { place, text } = input?;
                    let process = current.clone().process(begun, text);
                    calls.push_back((place, tokio::spawn(process)));
                    begun += 1;
                }
                None => break,
            },
        }
    }
    while let Some((place, result)) = next(&mut calls, room).await {
        results.take(place, result)?;
        if !is_done(&calls) {
            results.flush()?;
        }
    }
    while let Ok(error) = losses.try_recv() {
        results.lost(error.into())?;
    }
    Ok(())
}

fn read(mut inputs: Inputs, to: &Sender<anyhow::Result<Input>>) {
    while let Some(input) = inputs.next().transpose() {
        let last = input.is_err();
        if to.blocking_send(input).is_err() || last {
            return;
        }
    }
}

/// Whether the result that is next is there.
fn is_done(calls: &Calls) -> bool {
    calls.front().is_some_and(|(_, call)| call.is_finished())
}

/// The result of the first input that has none yet. May be dropped half-way.
async fn next(calls: &mut Calls, room: &Room) -> Option<(Place, anyhow::Result<String>)> {
    let (place, call) = calls.front_mut()?;
    let (place, result) = (*place, call.await);
    calls.pop_front();
    let result = result.unwrap_or_else(|panic| Err(panic.into()));
    room.take(&result);
    Some((place, result))
}

impl<P: Project> Current<P> {
    async fn process(
        self: Arc<Self>,
        number: u64,
        text: anyhow::Result<String>,
    ) -> anyhow::Result<String> {
        self.room.wait_for(number).await;
        let result = self.result(text).await;
        self.room.put(&result);
        result
    }

    async fn result(&self, text: anyhow::Result<String>) -> anyhow::Result<String> {
        let text = text?;
        loop {
            let shared = self.shared().await?;
            let (call, input) = (self.call, text.clone());
            let called = shared.call(P::EXPORT, move |guest, store| call(guest, store, input));
            match called.await {
                Ok(result) => return Ok(result),
                // It had not begun when the instance ended.
                Err(Error::Dead { .. }) => {}
                Err(error) => {
                    self.leave(&shared).await;
                    return Err(error.into());
                }
            }
        }
    }

    async fn shared(&self) -> worldhost::Result<Shared<P::Guest, P::Data>> {
        let mut shared = self.shared.lock().await;
        match &*shared {
            Some(alive) if alive.is_alive() => Ok(alive.clone()),
            _ => {
                let fresh = self.instances.live().await?.share(self.jobs.into())?;
                tokio::spawn(tell(fresh.ended(), self.lost.clone()));
                Ok(shared.insert(fresh).clone())
            }
        }
    }

    /// An instance that failed gets no other inputs: the next makes a fresh one.
    async fn leave(&self, failed: &Shared<P::Guest, P::Data>) {
        let mut shared = self.shared.lock().await;
        if shared.as_ref().is_some_and(|shared| shared.is(failed)) {
            *shared = None;
        }
    }
}

/// Tells of an end that is no input's failure.
async fn tell(ended: impl Future<Output = (Error, usize)>, lost: mpsc::UnboundedSender<Error>) {
    if let (error @ (Error::Trap(_) | Error::Exit(_)), 0) = ended.await {
        // Nobody listens any more at the end.
        let _ = lost.send(error);
    }
}

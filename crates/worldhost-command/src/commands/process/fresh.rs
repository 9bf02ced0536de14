//! A fresh instance for each input, on as many threads as there are jobs.
//!
//! One thread reads, the jobs work, and this one writes. Inputs travel in batches, for an
//! instance takes less time to make than a thread to wake. So many batches are on their way
//! that all jobs are busy, and no more: a reader of the results that is slow holds up the
//! reading of inputs.

use super::inputs::{Input, Inputs, Place};
use super::results::Results;
use crate::project::Project;
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use worldhost::Instances;

/// Inputs that one job works on in a row. Batches are numbered from zero.
struct Batch {
    number: u64,
    inputs: Vec<Input>,
}

/// What became of a batch, or why there are no more.
struct Done {
    number: u64,
    results: anyhow::Result<Vec<(Place, anyhow::Result<String>)>>,
}

/// How long a batch takes: long against the waking of a thread, and short for someone
/// who waits.
const BATCH: Duration = Duration::from_millis(2);

/// The most inputs in a batch, and their bytes, unless it is one input.
const MAX_INPUTS: u64 = 100;
const MAX_BYTES: usize = 1 << 20;

pub fn run<P: Project>(
    instances: &Instances<P::Guest, P::Data>,
    inputs: Inputs,
    jobs: u16,
    results: &mut Results,
) -> anyhow::Result<()> {
    // What one input took of late, in nanoseconds.
    let pace = Arc::new(AtomicU64::new(BATCH.as_nanos() as u64));
    let (batches, queue) = sync_channel::<Batch>(jobs.into());
    let (done, finished) = channel::<Done>();
    // Full when as many batches are on their way as may be.
    let (depart, arrive) = sync_channel::<()>(4 * usize::from(jobs));

    let queue = Arc::new(Mutex::new(queue));
    for _ in 0..jobs {
        let job = Job::<P>::new(instances.clone())?;
        let (queue, pace, done) = (queue.clone(), pace.clone(), done.clone());
        thread::spawn(move || job.work(&queue, &pace, &done));
    }
    // The reader may wait for stdin for ever. Nobody waits for it: the process ends.
    let reader = (depart, batches, done);
    thread::spawn(move || read(inputs, reader, &pace));
    write(&finished, &arrive, results)
}

/// Reads inputs, as many at a time as are here already.
fn read(
    mut inputs: Inputs,
    (depart, batches, done): (SyncSender<()>, SyncSender<Batch>, Sender<Done>),
    pace: &AtomicU64,
) {
    for number in 0.. {
        let batch = match fill(&mut inputs, pace) {
            Ok(batch) if batch.is_empty() => return,
            Ok(batch) => batch,
            Err(error) => {
                let results = Err(error);
                let _ = depart.send(());
                let _ = done.send(Done { number, results });
                return;
            }
        };
        let inputs = batch;
        if depart.send(()).is_err() || batches.send(Batch { number, inputs }).is_err() {
            return;
        }
    }
}

fn fill(inputs: &mut Inputs, pace: &AtomicU64) -> anyhow::Result<Vec<Input>> {
    let enough = (BATCH.as_nanos() as u64 / pace.load(Relaxed).max(1)).clamp(1, MAX_INPUTS);
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while let Some(input) = inputs.next()? {
        bytes += input.text.as_ref().map_or(0, |text| text.len());
        batch.push(input);
        if batch.len() as u64 >= enough || bytes >= MAX_BYTES || !inputs.ready() {
            break;
        }
    }
    Ok(batch)
}

/// What one thread works with.
struct Job<P: Project> {
    instances: Instances<P::Guest, P::Data>,
    executor: tokio::runtime::Runtime,
}

impl<P: Project> Job<P> {
    fn new(instances: Instances<P::Guest, P::Data>) -> anyhow::Result<Self> {
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("cannot start a job")?;
        Ok(Job {
            instances,
            executor,
        })
    }

    /// Works on batches until there are no more.
    fn work(self, queue: &Mutex<Receiver<Batch>>, pace: &AtomicU64, done: &Sender<Done>) {
        loop {
            // Of another job that has the lock nothing is broken: it only receives.
            let next = queue.lock().unwrap_or_else(|lock| lock.into_inner()).recv();
            let Ok(Batch { number, inputs }) = next else {
                // A thread of the executor may wait inside a host function.
                return self.executor.shutdown_background();
            };
            let (start, count) = (Instant::now(), inputs.len() as u64);
            let results = Ok(self.executor.block_on(self.results(inputs)));
            pace.store(start.elapsed().as_nanos() as u64 / count, Relaxed);
            if done.send(Done { number, results }).is_err() {
                return self.executor.shutdown_background();
            }
        }
    }

    async fn results(&self, inputs: Vec<Input>) -> Vec<(Place, anyhow::Result<String>)> {
        let mut results = Vec::with_capacity(inputs.len());
        for Input { place, text } in inputs {
            let result = match text {
                Ok(text) => self.call(&text).await.map_err(anyhow::Error::from),
                Err(error) => Err(error),
            };
            results.push((place, result));
        }
        results
    }

    async fn call(&self, input: &str) -> worldhost::Result<String> {
        let call = async |guest: &_, store: &mut _| P::call(guest, store, input).await;
        self.instances.call(P::EXPORT, call).await
    }
}

/// Writes the results in the order of the inputs.
fn write(
    finished: &Receiver<Done>,
    arrive: &Receiver<()>,
    results: &mut Results,
) -> anyhow::Result<()> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    while let Ok(done) = finished.recv() {
        early.insert(done.number, done.results);
        while let Some(batch) = early.remove(&next) {
            for (place, result) in batch? {
                results.take(place, result)?;
            }
            next += 1;
            let _ = arrive.recv();
        }
        results.flush()?;
    }
    if arrive.try_recv().is_ok() {
        bail!("a job ended before its inputs were done");
    }
    Ok(())
}

//! A fresh instance for each input, on as many threads as there are jobs.
//!
//! One thread reads, the jobs work, and this one writes. Inputs travel in batches, for an
//! instance takes less time to make than a thread to wake. So many batches are on their way
//! that all jobs are busy, and no more: a reader of the results that is slow holds up the
//! reading of inputs. Results that wait for their turn are bounded by their bytes, too.

use super::inputs::{Input, Inputs};
use super::queue::{Queue, Waiting};
use super::results::Results;
use crate::project::Project;
use crate::terminal::panics;
use anyhow::{Context, bail};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use worldhost::Instances;

/// Inputs that one job works on in a row. The first has this number, from zero.
struct Batch {
    first: u64,
    inputs: Vec<Input>,
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
    results: &mut Results<'_>,
) -> anyhow::Result<()> {
    // What one input took of late, in nanoseconds.
    let pace = Arc::new(AtomicU64::new(BATCH.as_nanos() as u64));
    let (batches, queue) = sync_channel::<Batch>(jobs.into());
    let queue = Arc::new(Mutex::new(queue));
    let waiting = Arc::new(Queue::new(4 * u64::from(jobs) * MAX_INPUTS));
    for _ in 0..jobs {
        let job = Job::<P>::new(instances.clone())?;
        let (queue, pace, done) = (queue.clone(), pace.clone(), Waiting::new(&waiting));
        let thread = thread::Builder::new().spawn(move || job.work(&queue, &pace, &done));
        thread.context("cannot start a job; fewer of them can be had with --jobs")?;
    }
    // The reader may wait for stdin for ever. Nobody waits for it: the process ends.
    let done = Waiting::new(&waiting);
    let reader = thread::Builder::new().spawn(move || read(inputs, &batches, &done, &pace));
    reader.context("cannot start a thread that reads inputs")?;
    write(&waiting, results)
}

/// Reads inputs, as many at a time as are here already.
fn read(mut inputs: Inputs, batches: &SyncSender<Batch>, done: &Waiting, pace: &AtomicU64) {
    let mut first = 0;
    loop {
        let inputs = match fill(&mut inputs, pace) {
            Ok(batch) if batch.is_empty() => return done.ends_at(first),
            Ok(batch) => batch,
            Err(error) => return done.fails_at(first, error),
        };
        let next = first + inputs.len() as u64;
        done.room_for(next);
        if batches.send(Batch { first, inputs }).is_err() {
            return;
        }
        first = next;
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
    executor: Executor,
}

/// One that nobody waits for when it goes: a thread of it may wait inside a host function.
struct Executor(Option<tokio::runtime::Runtime>);

impl Executor {
    fn block_on<R>(&self, future: impl Future<Output = R>) -> R {
        let executor = self.0.as_ref().expect("it is there until it is dropped");
        executor.block_on(future)
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        if let Some(executor) = self.0.take() {
            executor.shutdown_background();
        }
    }
}

impl<P: Project> Job<P> {
    fn new(instances: Instances<P::Guest, P::Data>) -> anyhow::Result<Self> {
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("cannot start a job")?;
        Ok(Job {
            instances,
            executor: Executor(Some(executor)),
        })
    }

    /// Works on batches until there are no more.
    fn work(self, queue: &Mutex<Receiver<Batch>>, pace: &AtomicU64, done: &Waiting) {
        loop {
            // Of another job that has the lock nothing is broken: it only receives.
            let next = queue.lock().unwrap_or_else(|lock| lock.into_inner()).recv();
            let Ok(Batch { first, inputs }) = next else {
                return;
            };
            let count = inputs.len() as u64;
            let mut took = Duration::ZERO;
            let last = first + count - 1;
            for (number, Input { place, text }) in (first..).zip(inputs) {
                let start = Instant::now();
                // A host that fails for one input goes on with the others.
                let result = panics::as_error(|| self.executor.block_on(self.result(text)));
                let result = result.flatten();
                took += start.elapsed();
                done.add(number, place, result, number == last);
            }
            pace.store(took.as_nanos() as u64 / count, Relaxed);
        }
    }

    async fn result(&self, text: anyhow::Result<String>) -> anyhow::Result<String> {
        Ok(self.call(&text?).await?)
    }

    async fn call(&self, input: &str) -> worldhost::Result<String> {
        let call = async |guest: &_, store: &mut _| P::call(guest, store, input).await;
        self.instances.call(P::EXPORT, call).await
    }
}

/// Writes the results in the order of the inputs.
fn write(waiting: &Queue, results: &mut Results) -> anyhow::Result<()> {
    while let Some(next) = waiting.next(|| results.flush())? {
        let Some((place, result)) = next else {
            bail!("a job ended before its inputs were done");
        };
        results.take(place, result)?;
    }
    Ok(())
}

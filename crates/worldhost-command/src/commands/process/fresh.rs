//! A fresh instance for each input, in as many processes as there are jobs.
//!
//! One thread reads, one for each job hands on, and this one writes. Inputs travel in
//! batches, for an instance takes about as long to make as a process to wake. So many
//! batches are on their way that all jobs are busy, and no more: a reader of the
//! results that is slow holds up the reading of inputs.

use super::inputs::{Input, Inputs, Place};
use super::job::Job;
use super::results::Results;
use anyhow::Context;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

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

/// How long a batch takes: long against the waking of a process, and short for
/// someone who waits.
const BATCH: Duration = Duration::from_millis(2);

/// The most inputs in a batch, and their bytes, unless it is one input.
const MAX_INPUTS: u64 = 100;
const MAX_BYTES: usize = 1 << 20;

pub fn run(inputs: Inputs, jobs: u16, results: &mut Results) -> anyhow::Result<()> {
    // What one input took of late, in nanoseconds.
    let pace = Arc::new(AtomicU64::new(BATCH.as_nanos() as u64));
    let (batches, queue) = sync_channel::<Batch>(jobs.into());
    let (done, finished) = channel::<Done>();
    // Full when as many batches are on their way as may be.
    let (depart, arrive) = sync_channel::<()>(4 * usize::from(jobs));

    let queue = Arc::new(Mutex::new(queue));
    for _ in 0..jobs {
        let (queue, pace, done) = (queue.clone(), pace.clone(), done.clone());
        thread::spawn(move || work(&queue, &pace, &done));
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

/// Hands batches to one job, which is started with the first.
fn work(queue: &Mutex<Receiver<Batch>>, pace: &AtomicU64, done: &Sender<Done>) {
    let mut job = None;
    loop {
        let Ok(Batch { number, inputs }) = queue.lock().unwrap().recv() else {
            return;
        };
        let (start, count) = (Instant::now(), inputs.len() as u64);
        let results = batch(&mut job, inputs);
        pace.store(start.elapsed().as_nanos() as u64 / count, Relaxed);
        if done.send(Done { number, results }).is_err() {
            return;
        }
    }
}

/// The results of a batch; of inputs that are none, they are here already.
fn batch(
    job: &mut Option<Job>,
    inputs: Vec<Input>,
) -> anyhow::Result<Vec<(Place, anyhow::Result<String>)>> {
    let job = match job {
        Some(job) => job,
        None => job.insert(Job::start().context("cannot start a job")?),
    };
    let texts: Vec<&str> = inputs
        .iter()
        .filter_map(|input| input.text.as_deref().ok())
        .collect();
    let mut worked = job.work(&texts)?.into_iter();
    let results = inputs.into_iter().map(|Input { place, text }| {
        let result = text.and_then(|_| worked.next().context("a result is missing")?);
        (place, result)
    });
    Ok(results.collect())
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
    Ok(())
}

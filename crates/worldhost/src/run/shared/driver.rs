//! What drives an instance whose calls overlap.

use super::end::{End, Ending, Stalled, Why};
use super::flights::Flights;
use super::job::Job;
use crate::error::Error;
use crate::run::store::Store;
use crate::run::turn::Turn;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::Poll;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};

/// Takes calls to the instance, and lets it go on with them.
pub(super) struct Driver<G, T: 'static> {
    pub(super) guest: Arc<G>,
    pub(super) queue: mpsc::UnboundedReceiver<Job<G, T>>,
    pub(super) flights: Arc<Flights>,
    pub(super) ending: Ending,
    pub(super) places: Arc<Semaphore>,
}

impl<G: Send + Sync + 'static, T: Send + 'static> Driver<G, T> {
    /// Until there are no more callers, or the instance is at its end.
    pub(super) async fn run(self, mut store: Store<T>, _turn: Turn) {
        // Calls that are in flight are in the store. It goes after this one, so that they
        // know why.
        let mut driver = self;
        let limit = store.timeout();
        let driven = driver.drive(&mut store, limit).await;
        let memory = store.state().limiter.memory();
        driver.end(driven, memory);
    }

    async fn drive(&mut self, store: &mut Store<T>, limit: Option<Duration>) -> Result<(), Error> {
        // No call at all may last for ever, and this one does.
        store.set_timeout(None)?;
        let Driver {
            guest,
            queue,
            flights,
            ..
        } = self;
        let rounds = AtomicU64::new(0);
        store
            .untold("a shared instance", async |store| {
                let calls = store.run_concurrent(async |store| {
                    poll_fn(|context| {
                        rounds.fetch_add(1, Relaxed);
                        loop {
                            match queue.poll_recv(context) {
                                Poll::Ready(Some(job)) => {
                                    if let Err(error) = store.spawn(job.on(guest, flights)) {
                                        return Poll::Ready(Err(error));
                                    }
                                }
                                Poll::Ready(None) => return Poll::Ready(Ok(())),
                                Poll::Pending => return Poll::Pending,
                            }
                        }
                    })
                    .await
                });
                watch(calls, &rounds, limit).await?
            })
            .await
    }

    fn end(&self, driven: Result<(), Error>, memory: usize) {
        let (calls, exports) = self.flights.named();
        let why = match driven {
            Err(Error::Trap(trap)) if trap.downcast_ref::<Stalled>().is_some() => Why::Stalled,
            Err(Error::Trap(mut trap)) => {
                trap.calls = calls;
                Why::Trapped(*trap)
            }
            Err(Error::Exit(code)) => Why::Exited(code),
            Err(error) => Why::Host(error.to_string()),
            // Nobody is there to be told.
            Ok(()) => Why::Host("the instance has no caller".to_string()),
        };
        self.ending.set(End {
            why,
            calls,
            exports,
            memory,
        });
        self.places.close();
    }
}

impl<G, T: 'static> Drop for Driver<G, T> {
    /// Whoever waits is told, even if a host function panicked.
    fn drop(&mut self) {
        let (calls, exports) = self.flights.named();
        self.ending.set(End {
            why: Why::Host("what drives the instance panicked, or its executor ended".to_string()),
            calls,
            exports,
            memory: 0,
        });
        self.places.close();
    }
}

/// Ends what holds the thread, or waits in a function of the host that nothing can go on
/// beside, for longer than `limit`. A timer inside would not be heard then.
async fn watch<R>(
    calls: impl Future<Output = wasmtime::Result<R>>,
    rounds: &AtomicU64,
    limit: Option<Duration>,
) -> wasmtime::Result<R> {
    let mut calls = pin!(calls);
    let Some(limit) = limit else {
        return calls.await;
    };
    loop {
        let before = rounds.load(Relaxed);
        // It begins with a poll, by which a round is made if one can be.
        if let Ok(ended) = tokio::time::timeout(limit, &mut calls).await {
            return ended;
        }
        if rounds.load(Relaxed) == before {
            return Err(wasmtime::Error::new(Stalled));
        }
    }
}

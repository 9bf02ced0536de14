//! One call, on its way to the instance and in it.

use super::end::Answer;
use super::flights::Flights;
use crate::load::identity::Identity;
use crate::run::ending;
use crate::span;
use crate::state::data::State;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tracing::Instrument;
use wasmtime::component::{Accessor, AccessorTask};

/// What the closure of [`Shared::call`](crate::Shared::call) gives: `Box::pin` of a future.
pub type Calling<'a, R> = Pin<Box<dyn Future<Output = wasmtime::Result<R>> + Send + 'a>>;

/// Makes the call and answers it; gives the error that is to end the instance.
type Work<G, T> = Box<dyn for<'a> FnOnce(&'a G, &'a Accessor<State<T>>) -> Calling<'a, ()> + Send>;

/// A call that has its place.
pub(super) struct Job<G, T: 'static> {
    export: Arc<str>,
    limit: Option<Duration>,
    place: OwnedSemaphorePermit,
    begun: Begun,
    work: Work<G, T>,
}

/// Whether a job has begun. Clones are one.
#[derive(Clone, Default)]
pub(super) struct Begun(Arc<AtomicBool>);

impl Begun {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Relaxed)
    }
}

impl<G: 'static, T: Send + 'static> Job<G, T> {
    pub(super) fn new<R: Send + 'static>(
        identity: &Arc<Identity>,
        export: &str,
        limit: Option<Duration>,
        place: OwnedSemaphorePermit,
        call: impl for<'a> FnOnce(&'a G, &'a Accessor<State<T>>) -> Calling<'a, R> + Send + 'static,
        answer: oneshot::Sender<Answer<R>>,
    ) -> Self {
        let export: Arc<str> = export.into();
        let (identity, blamed) = (identity.clone(), export.clone());
        let span = span::call(&identity, &export);
        let work: Work<G, T> = Box::new(move |guest, store| {
            let call = call(guest, store).instrument(span.clone());
            Box::pin(async move {
                let result = match call.await {
                    // The instance cannot go on. Who waits is told when it has ended.
                    Err(error) if error.downcast_ref::<wasmtime::Trap>().is_some() => {
                        span::failed(&span, "trap");
                        return Err(error);
                    }
                    result => result,
                };
                let answered = store.with(|mut access| {
                    let state = access.data_mut();
                    let name = &identity.name;
                    Answer {
                        memory: state.limiter.memory(),
                        result: result.map_err(|error| ending::of(name, &blamed, state, error)),
                    }
                });
                span::end(&span, &answered.result);
                // The caller may have gone.
                let _ = answer.send(answered);
                Ok(())
            })
        });
        Job {
            export,
            limit,
            place,
            begun: Begun::default(),
            work,
        }
    }

    pub(super) fn begun(&self) -> Begun {
        self.begun.clone()
    }

    /// As a task of the store.
    pub(super) fn on(self, guest: &Arc<G>, flights: &Arc<Flights>) -> Task<G, T> {
        Task {
            guest: guest.clone(),
            flights: flights.clone(),
            job: self,
        }
    }
}

pub(super) struct Task<G, T: 'static> {
    guest: Arc<G>,
    flights: Arc<Flights>,
    job: Job<G, T>,
}

impl<G: Send + Sync + 'static, T: Send + 'static> AccessorTask<State<T>> for Task<G, T> {
    async fn run(self, store: &Accessor<State<T>>) -> wasmtime::Result<()> {
        let Job {
            export,
            limit,
            place,
            begun,
            work,
        } = self.job;
        let mut flight = self.flights.begin(&export);
        begun.0.store(true, Relaxed);
        if flight.alone {
            store.with(|mut access| access.data_mut().limiter.begin());
        }
        let mut work = work(&self.guest, store);
        let done = match limit {
            None => work.await,
            Some(limit) => match tokio::time::timeout(limit, &mut work).await {
                Ok(done) => done,
                Err(_) => match flight.overdue() {
                    Ok(()) => work.await,
                    Err(stalled) => Err(wasmtime::Error::new(stalled)),
                },
            },
        };
        if done.is_err() {
            flight.ends_it();
        }
        drop((flight, place));
        done
    }
}

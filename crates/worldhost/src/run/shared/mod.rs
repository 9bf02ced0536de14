//! An instance whose calls overlap.

mod driver;
mod end;
mod flights;
mod job;

use super::counters::Counters;
use super::guest::Guest;
use super::store::{Store, not_interruptible};
use super::turn::Turn;
use crate::error::{Error, Result};
use crate::load::identity::Identity;
use crate::state::data::State;
pub use job::Calling;

use driver::Driver;
use end::{Answer, Ending};
use flights::Flights;
use job::Job;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::AbortHandle;
use wasmtime::component::Accessor;

/// One live instance for many callers at a time: while a call awaits a host function, a timer
/// or a stream, others go on. [`Live::share`](crate::Live::share) makes it. Cheap to clone,
/// and clones are one.
///
/// A task of its own drives the instance as long as there is a clone, between calls too: what
/// the guest began in one call and left to be done goes on, and streams that it gave are
/// read. With the last clone the instance goes, whatever it is about.
///
/// # Which calls overlap
///
/// Those of exports that are `async` in the WIT. Only one piece of guest code runs at a time:
/// a guest that computes, and a host function that is not `async` in the WIT and waits, hold
/// all calls up. What is to run on several cores takes several instances.
///
/// # How a call ends
///
/// | what happens | this call | the others, and the instance |
/// |---|---|---|
/// | its closure gives an error | [`Error::Trap`] | go on |
/// | the guest, or a host function, traps | [`Error::Trap`] | the same trap for each in flight: [`Trap::calls`](crate::Trap::calls); then [`Error::Dead`] |
/// | the guest exits | [`Error::Exit`] | the same |
/// | a host function panics | [`Error::Host`] | the same; then [`Error::Dead`] |
/// | its time is over | [`Error::Timeout`] | go on |
/// | its future is dropped | | go on |
/// | all places are taken by calls that are out of time, or the guest has given way to none for longer than [`Limits::timeout`](crate::Limits::timeout) | [`Error::Timeout`] or [`Error::Stalled`] | the same; then [`Error::Dead`] |
///
/// Wasmtime cannot stop one call of an instance. What the guest does for one that is out of
/// time or was dropped goes on, and takes its place until it is done.
///
/// A call that had not begun when the instance ended gets [`Error::Dead`], and can be made
/// again with another.
pub struct Shared<G: Guest<T>, T: 'static> {
    inner: Arc<Inner<G, T>>,
    timeout: Option<Duration>,
    max_wait: Option<Duration>,
}

struct Inner<G: Guest<T>, T: 'static> {
    identity: Arc<Identity>,
    interruptible: bool,
    calls: usize,
    places: Arc<Semaphore>,
    jobs: mpsc::UnboundedSender<Job<G, T>>,
    ending: Ending,
    counters: Arc<Counters>,
    /// What the start of the instance took of the time of its first call.
    spent: Mutex<Duration>,
    driving: AbortHandle,
}

impl<G: Guest<T>, T: 'static> Inner<G, T> {
    fn take_spent(&self) -> Duration {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *spent)
    }
}

impl<G: Guest<T>, T: 'static> Drop for Inner<G, T> {
    fn drop(&mut self) {
        self.driving.abort();
    }
}

impl<G: Guest<T>, T: 'static> Clone for Shared<G, T> {
    fn clone(&self) -> Self {
        Shared {
            inner: self.inner.clone(),
            timeout: self.timeout,
            max_wait: self.max_wait,
        }
    }
}

impl<G: Guest<T> + Sync, T: Send + 'static> Shared<G, T> {
    /// Begins to drive the instance, on the executor of the caller.
    pub(super) fn start(
        guest: G,
        mut store: Store<T>,
        calls: usize,
        counters: Arc<Counters>,
        turn: Turn,
    ) -> Self {
        let spent = Mutex::new(store.take_spent());
        let (jobs, queue) = mpsc::unbounded_channel();
        let calls = calls.clamp(1, Semaphore::MAX_PERMITS);
        let driver = Driver {
            guest: Arc::new(guest),
            queue,
            flights: Arc::new(Flights::new(calls)),
            ending: Ending::default(),
            places: Arc::new(Semaphore::new(calls)),
        };
        let timeout = store.timeout();
        let inner = Inner {
            identity: store.identity().clone(),
            interruptible: store.is_interruptible(),
            calls,
            places: driver.places.clone(),
            jobs,
            ending: driver.ending.clone(),
            counters,
            spent,
            driving: tokio::spawn(driver.run(store, turn)).abort_handle(),
        };
        Shared {
            inner: Arc::new(inner),
            timeout,
            max_wait: None,
        }
    }

    /// Calls the instance, beside the calls that are in flight. `export` is the name to blame
    /// in errors; `call` gets the instance, and an [`Accessor`] for its store: that is what
    /// `bindgen!` generates for an export that is `async` in the WIT, or has
    /// `exports: { default: async | store }`.
    ///
    /// ```
    /// # mod bindings {
    /// #     wasmtime::component::bindgen!({
    /// #         inline: "package a:b; world timer { export wait: async func(ms: u32) -> u32; }",
    /// #     });
    /// # }
    /// # use bindings::{Timer, TimerPre};
    /// # worldhost::guest!(Timer, TimerPre);
    /// # async fn example(timers: worldhost::Instances<Timer, ()>) -> worldhost::Result<()> {
    /// let timer = timers.live().await?.share(100)?;
    /// let wait = |ms| timer.call("wait", move |timer, store| Box::pin(timer.call_wait(store, ms)));
    /// let (one, other) = tokio::try_join!(wait(100), wait(100))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// If there are as many calls in flight as may be, it waits for its turn, in order. From
    /// then on it has the time of [`Shared::within`], in which it waits for others to give
    /// way, too. The closure is run on the task that drives the instance, and to its end.
    ///
    /// # Errors
    ///
    /// See [the table](Shared#how-a-call-ends); and [`Error::Busy`].
    pub async fn call<R: Send + 'static>(
        &self,
        export: &str,
        call: impl for<'a> FnOnce(&'a G, &'a Accessor<State<T>>) -> Calling<'a, R> + Send + 'static,
    ) -> Result<R> {
        let inner = &self.inner;
        if self.timeout.is_some() && !inner.interruptible {
            return Err(not_interruptible());
        }
        let place = self.place().await?;
        let start = Instant::now();
        let left = self
            .timeout
            .map(|limit| limit.saturating_sub(inner.take_spent()));
        let (answer, answered) = oneshot::channel();
        let job = Job::new(&inner.identity, export, left, place, call, answer);
        let begun = job.begun();
        // If nobody is there to take it, the answer will not come either.
        let _ = inner.jobs.send(job);
        let answer = match (self.timeout, left) {
            (Some(limit), Some(left)) => match tokio::time::timeout(left, answered).await {
                Ok(answered) => answered,
                Err(_) => Ok(Answer::late(export, limit)),
            },
            _ => answered.await,
        };
        let Answer { result, memory } = match answer {
            Ok(answer) => answer,
            Err(_) => {
                let end = inner.ending.answer(export, begun.is_set()).await;
                match (&end.result, self.timeout) {
                    (Err(Error::Stalled { .. }), Some(limit))
                        if left.is_some_and(|left| start.elapsed() >= left) =>
                    {
                        Answer::late(export, limit)
                    }
                    _ => end,
                }
            }
        };
        inner.counters.count(&result, start.elapsed(), memory);
        result
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit> {
        let inner = &self.inner;
        let wait = inner.places.clone().acquire_owned();
        let place = match self.max_wait {
            None => wait.await,
            Some(waited) => match tokio::time::timeout(waited, wait).await {
                Ok(place) => place,
                Err(_) => {
                    return Err(Error::Busy {
                        name: inner.identity.name.clone(),
                        calls: inner.calls,
                        waited,
                    });
                }
            },
        };
        match place {
            Ok(place) => Ok(place),
            Err(_) => Err(inner.ending.dead().await),
        }
    }

    /// The same instance, with another time for each call than the store's. The bound on how
    /// long the guest gives way to no call stays that of the store.
    #[must_use]
    pub fn within(&self, timeout: Duration) -> Self {
        Shared {
            timeout: Some(timeout),
            ..self.clone()
        }
    }

    /// The same instance, for calls that take as long as they do, whatever the store says of
    /// it. One that never ends takes its place for ever.
    #[must_use]
    pub fn without_timeout(&self) -> Self {
        Shared {
            timeout: None,
            ..self.clone()
        }
    }

    /// The same instance, for a caller that waits no longer than this for its turn, and gets
    /// [`Error::Busy`] then. Without it, it waits as long as it takes.
    #[must_use]
    pub fn waiting_at_most(&self, time: Duration) -> Self {
        Shared {
            max_wait: Some(time),
            ..self.clone()
        }
    }

    /// Waits until the instance has ended, and says why, as a call is told that was in flight
    /// then, and how many of these there were. It may be none, when it ended in what calls
    /// left to be done. This is no clone: it does not keep the instance.
    pub fn ended(&self) -> impl Future<Output = (Error, usize)> + Send + 'static {
        let ending = self.inner.ending.clone();
        async move { ending.error().await }
    }

    /// Whether this is a clone of the other: the same instance.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// Whether it can be called: whether the instance lives.
    pub fn is_alive(&self) -> bool {
        !self.inner.ending.is_over()
    }

    /// How many calls are in flight, with those that nobody waits for any more and that the
    /// guest has not done.
    pub fn in_flight(&self) -> usize {
        self.inner.calls - self.inner.places.available_permits()
    }
}

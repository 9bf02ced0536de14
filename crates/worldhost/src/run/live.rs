//! An instance that is called several times.

use super::counters::Counters;
use super::guest::Guest;
#[cfg(feature = "p3")]
use super::shared::Shared;
use super::store::Store;
use super::turn::Turn;
use crate::error::Result;
use crate::state::data::State;
use std::sync::Arc;
use std::time::Instant;

/// One live instance and its store, of an [`Instances`](crate::Instances). It has its place
/// in the pool until it is dropped.
pub struct Live<G: Guest<T>, T: Send + 'static> {
    guest: G,
    store: Store<T>,
    counters: Arc<Counters>,
    _turn: Turn,
}

impl<G: Guest<T>, T: Send + 'static> Live<G, T> {
    pub(super) async fn start(
        pre: &G::Pre,
        mut store: Store<T>,
        counters: Arc<Counters>,
        turn: Turn,
    ) -> Result<Self> {
        let guest = store.instantiate::<G>(pre).await;
        let guest = guest.inspect_err(|error| counters.fail(error))?;
        Ok(Live {
            guest,
            store,
            counters,
            _turn: turn,
        })
    }

    /// Calls the instance. `export` is the name to blame in errors; `call` gets the
    /// instance and its store.
    ///
    /// # Errors
    ///
    /// Those of [`Store::call`]. After any, the instance is dead.
    pub async fn call<R>(
        &mut self,
        export: &str,
        call: impl AsyncFnOnce(&G, &mut wasmtime::Store<State<T>>) -> wasmtime::Result<R>,
    ) -> Result<R> {
        let start = Instant::now();
        let guest = &self.guest;
        let result = self
            .store
            .call(export, async |store| call(guest, store).await)
            .await;
        let memory = self.store.state().limiter.memory();
        self.counters.count(&result, start.elapsed(), memory);
        result
    }

    /// Lets many callers have it at a time, whose calls overlap where they wait: `calls` of
    /// them, or one if that is zero, and others wait for their turn.
    ///
    /// The time that a call may take is the store's, unless it has its own; see
    /// [`Shared`]. Give it one ([`Limits::timeout`](crate::Limits::timeout)), for a call that
    /// never ends takes its place for ever.
    ///
    /// # Errors
    ///
    /// [`Error::Dead`](crate::Error::Dead), and [`Error::Host`](crate::Error::Host) for a
    /// component without `async` functions, unless
    /// [`Config::concurrent`](crate::Config::concurrent) is set.
    ///
    /// # Panics
    ///
    /// Outside of an executor of Tokio, on which the instance is driven from now on.
    #[cfg(feature = "p3")]
    pub fn share(self, calls: usize) -> Result<Shared<G, T>>
    where
        G: Sync,
    {
        self.store.can_be_shared()?;
        let Live {
            guest,
            store,
            counters,
            _turn,
        } = self;
        Ok(Shared::start(guest, store, calls, counters, _turn))
    }

    /// Whether it can be called: whether every call so far came to its end.
    pub fn is_alive(&self) -> bool {
        self.store.is_alive()
    }

    /// Its store.
    pub fn store(&self) -> &Store<T> {
        &self.store
    }

    /// Its store, to change.
    pub fn store_mut(&mut self) -> &mut Store<T> {
        &mut self.store
    }

    /// The embedder's own data, at the end of the instance.
    pub fn into_data(self) -> T {
        self.store.into_data()
    }
}

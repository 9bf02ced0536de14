//! An instance that is called several times.

use super::counters::Counters;
use super::guest::Guest;
use super::store::Store;
use super::turn::Turn;
use crate::error::Result;
use crate::state::data::State;
use std::sync::Arc;
use std::time::Instant;
use tracing::{Instrument, debug_span};

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
        let span = debug_span!("call", component = self.store.component_name(), export);
        let start = Instant::now();
        let guest = &self.guest;
        let called = self
            .store
            .call(export, async |store| call(guest, store).await);
        let result = called.instrument(span).await;
        let memory = self.store.state().limiter.memory();
        self.counters.count(&result, start.elapsed(), memory);
        result
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

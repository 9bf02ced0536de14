//! A store that bounds each call and tells how it ended.

use super::ending;
use super::guest::Guest;
use crate::error::{Error, Result};
use crate::load::component::Component;
use crate::load::identity::Identity;
use crate::policy::limits::Limits;
use crate::policy::sandbox::Sandbox;
use crate::span;
use crate::state::data::State;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tracing::Instrument;
use wasmtime::Engine;
use wasmtime::component::Instance;

/// One store, and so the life of one instance.
///
/// Everything that runs guest code, instantiation included, goes through
/// [`Store::call`].
pub struct Store<T: 'static> {
    /// The component's, for errors and spans.
    identity: Arc<Identity>,
    inner: wasmtime::Store<State<T>>,
    interruptible: bool,
    #[cfg(feature = "p3")]
    concurrent: bool,
    timeout: Option<Duration>,
    /// What the start of the instance took of the time of its first call.
    spent: Duration,
    /// The export whose call ended the instance.
    dead: Option<String>,
}

impl<T: Send + 'static> Component<T> {
    /// A fresh store for one instance, with what `sandbox` grants, within
    /// `limits`.
    ///
    /// # Errors
    ///
    /// [`Error::Exposed`] when a guest in the sandbox could write to the runtime's
    /// [`Cache`](crate::Cache) or to the file of
    /// [`Runtime::load_compiled`](crate::Runtime::load_compiled), which are told apart from
    /// the granted directories by where they are, not by their names.
    /// [`Error::Host`] when there is fuel in the limits and the runtime does not count it, a
    /// timeout and its guests cannot be interrupted, or another stack than it gives them:
    /// [`Config::set_for`](crate::Config::set_for) sees to all three.
    pub fn store(&self, sandbox: &Sandbox, limits: &Limits, data: T) -> Result<Store<T>> {
        let interruptible = self.linked().interruptible;
        if limits.timeout.is_some() && !interruptible {
            return Err(not_interruptible());
        }
        if limits.stack != self.linked().stack {
            return Err(other_stack(limits.stack, self.linked().stack));
        }
        self.is_spared_by(sandbox)?;
        let state = State::new(sandbox, limits, self.linked().places.room, data)?;
        let mut inner = wasmtime::Store::new(self.instance_pre().engine(), state);
        apply(&mut inner, limits).map_err(Error::host)?;
        self.linked().tick()?;
        Ok(Store {
            identity: self.identity().clone(),
            inner,
            interruptible,
            #[cfg(feature = "p3")]
            concurrent: self.linked().kind.concurrent,
            timeout: limits.timeout,
            spent: Duration::ZERO,
            dead: None,
        })
    }
}

impl<T: Send + 'static> Store<T> {
    /// Runs guest code: `call` gets Wasmtime's store, `export` is the name to
    /// blame in errors.
    ///
    /// ```
    /// # async fn example<T: Send>(
    /// #     mut store: worldhost::Store<T>,
    /// #     pre: &wasmtime::component::InstancePre<worldhost::State<T>>,
    /// # ) -> worldhost::Result<()> {
    /// let plugin = store.call("plugin", async |s| pre.instantiate_async(s).await).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Trap`], [`Error::Exit`] or [`Error::Timeout`], by how the guest
    /// ended; from then on, and after a call that was dropped half-way, always
    /// [`Error::Dead`].
    pub async fn call<R>(
        &mut self,
        export: &str,
        call: impl AsyncFnOnce(&mut wasmtime::Store<State<T>>) -> wasmtime::Result<R>,
    ) -> Result<R> {
        let span = span::call(&self.identity, export);
        // Where it is made: to be moved costs more than the rest of this.
        let result = self.untold(export, call).instrument(span.clone()).await;
        span::end(&span, &result);
        result
    }

    /// As [`Store::call`], without a span of its own.
    pub(super) async fn untold<R>(
        &mut self,
        export: &str,
        call: impl AsyncFnOnce(&mut wasmtime::Store<State<T>>) -> wasmtime::Result<R>,
    ) -> Result<R> {
        if let Some(export) = &self.dead {
            return Err(Error::Dead {
                export: export.clone(),
            });
        }
        // Until the call has come to its end, the instance is in no state to be
        // called again.
        self.dead = Some(export.to_string());
        self.inner.data_mut().limiter.begin();
        let spent = std::mem::take(&mut self.spent);
        let left = self.timeout.map(|limit| limit.saturating_sub(spent));
        // One beyond all clocks is none.
        let deadline = left.and_then(|left| Instant::now().checked_add(left));
        let mut outcome = by(deadline, call(&mut self.inner)).await;
        let printed = &self.inner.data().printed;
        if printed.is_marked() {
            // What a call printed is out when it ends; what it says last is worth a moment.
            let deadline = match &outcome {
                Some(Ok(_)) => deadline,
                _ => deadline.map(|at| at.max(Instant::now() + LAST_WORDS)),
            };
            outcome = match by(deadline, printed.flush()).await {
                None if matches!(outcome, Some(Ok(_))) => None,
                _ => outcome,
            };
        }
        let outcome = outcome.ok_or_else(|| Error::Timeout {
            export: export.to_string(),
            limit: self.timeout.unwrap_or_default(),
        })?;
        let result = outcome.map_err(|error| {
            ending::of(&self.identity.name, export, self.inner.data_mut(), error)
        })?;
        if let Some(hit) = self.inner.data().is_cut_off() {
            return Err(ending::cut_off(export, self.inner.data(), hit));
        }
        self.dead = None;
        Ok(result)
    }

    #[cfg(feature = "p3")]
    pub(super) fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    #[cfg(feature = "p3")]
    pub(super) fn is_interruptible(&self) -> bool {
        self.interruptible
    }

    /// Whether calls of its instance can overlap.
    ///
    /// # Errors
    ///
    /// [`Error::Dead`], and [`Error::Host`] when its engine has no concurrency.
    #[cfg(feature = "p3")]
    pub(super) fn can_be_shared(&self) -> Result<()> {
        if let Some(export) = &self.dead {
            return Err(Error::Dead {
                export: export.clone(),
            });
        }
        match self.concurrent {
            true => Ok(()),
            false => Err(Error::Host(format!(
                "calls of {} cannot overlap: it has no async functions, and the runtime no \
                 Config::concurrent",
                self.identity.name
            ))),
        }
    }

    /// An instance in this store, of the bindings of its component. What its start takes is
    /// taken from the time of the first call.
    ///
    /// # Errors
    ///
    /// [`Error::OtherRuntime`] when the bindings are of a component of another engine, and
    /// those of [`Store::call`].
    pub async fn instantiate<G: Guest<T>>(&mut self, pre: &G::Pre) -> Result<G> {
        if !Engine::same(self.inner.engine(), G::component(pre).engine()) {
            return Err(Error::OtherRuntime {
                name: self.identity.name.clone(),
            });
        }
        let start = Instant::now();
        let span = span::instantiate(&self.identity);
        let guest = self.untold("instantiation", async |store| {
            G::instantiate(pre, store).await
        });
        let guest = guest.instrument(span.clone()).await;
        span::end(&span, &guest);
        let guest = guest?;
        self.spent = start.elapsed();
        Ok(guest)
    }

    /// An instance in this store, without bindings. What its start takes has a time of its own,
    /// which is that of a call.
    ///
    /// # Errors
    ///
    /// Those of [`Store::call`].
    pub async fn start(&mut self, component: &Component<T>) -> Result<Instance> {
        let span = span::instantiate(&self.identity);
        let start = self.untold("instantiation", async |store| {
            component.instance_pre().instantiate_async(store).await
        });
        let instance = start.instrument(span.clone()).await;
        span::end(&span, &instance);
        instance
    }

    /// What the start took of the first call's time, for who keeps that time himself.
    #[cfg(feature = "p3")]
    pub(super) fn take_spent(&mut self) -> Duration {
        std::mem::take(&mut self.spent)
    }

    /// Sets the wall-clock time that each later call may take, in the place of
    /// [`Limits::timeout`].
    ///
    /// # Errors
    ///
    /// [`Error::Host`] when the runtime's guests cannot be interrupted.
    pub fn set_timeout(&mut self, timeout: Option<Duration>) -> Result<()> {
        if timeout.is_some() && !self.interruptible {
            return Err(not_interruptible());
        }
        self.timeout = timeout;
        Ok(())
    }

    /// The wall-clock time that each call may take.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Whether the instance can be called: whether every call so far came to its end.
    pub fn is_alive(&self) -> bool {
        self.dead.is_none()
    }

    /// The embedder's own data, at the end of the instance.
    pub fn into_data(self) -> T {
        self.inner.into_data().data
    }

    /// What is in the store.
    pub fn state(&self) -> &State<T> {
        self.inner.data()
    }

    /// What is in the store, to change.
    pub fn state_mut(&mut self) -> &mut State<T> {
        self.inner.data_mut()
    }
}

/// Puts the limits that live in the store itself onto it.
fn apply<T: Send + 'static>(
    store: &mut wasmtime::Store<State<T>>,
    limits: &Limits,
) -> wasmtime::Result<()> {
    store.limiter(|state| &mut state.limiter);
    store.set_hostcall_fuel(limits.passed_bytes().0);
    store.set_max_component_handles(limits.handles);
    #[cfg(feature = "p3")]
    if let Some(table) = store.concurrent_resource_table() {
        table.set_max_capacity(limits.under_way().0);
    }
    if let Some(fuel) = limits.fuel {
        store.set_fuel(fuel)?;
        store.fuel_async_yield_interval(Some(100_000))?;
    }
    // Each tick the guest yields to the executor, so that a timeout, or anything
    // else on this thread, gets its turn.
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    Ok(())
}

/// How long a guest that has failed is waited for, to be rid of what it printed.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// What comes of it, if it comes in time.
async fn by<R>(deadline: Option<Instant>, done: impl Future<Output = R>) -> Option<R> {
    match deadline {
        None => Some(done.await),
        Some(deadline) => tokio::time::timeout_at(deadline, done).await.ok(),
    }
}

fn other_stack(wanted: usize, given: usize) -> Error {
    Error::Host(format!(
        "a stack of {wanted} bytes needs a runtime with as much in Config::stack; it has {given}"
    ))
}

pub(super) fn not_interruptible() -> Error {
    Error::Host("a timeout needs a runtime with Config::interruptible".into())
}

//! A component in hand: its bindings, its grants and limits, and instances when they are
//! needed.

use super::counters::{Counters, Counts};
use super::guest::Guest;
use super::live::Live;
use super::turn::{Gate, Turn};
use crate::error::{Error, Result};
use crate::load::component::Component;
use crate::load::source::Source;
use crate::policy::limits::Limits;
use crate::policy::sandbox::Sandbox;
use crate::runtime::Runtime;
use crate::state::data::State;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Makes instances of one component, for calls: a fresh one for each, or one that lives
/// for several.
///
/// It holds all that an instance needs: the component and the bindings of its world, what
/// it is granted, its limits, and the data of each. How many instances are alive at once is
/// bounded by the runtime's [`Pool`](crate::Pool), which all its components share; who
/// comes when it is full waits for its turn, in order. Cheap to clone; clones are one.
///
/// ```no_run
/// # mod bindings {
/// #     wasmtime::component::bindgen!({
/// #         inline: "package a:b; world plugin { export process: func(input: string) -> string; }",
/// #         imports: { default: async | trappable },
/// #         exports: { default: async },
/// #     });
/// # }
/// use bindings::{Plugin, PluginPre};
/// use worldhost::{Instances, Limits, Runtime, Sandbox};
///
/// worldhost::guest!(Plugin, PluginPre);
///
/// # async fn example() -> worldhost::Result<()> {
/// let runtime = Runtime::new(|_| Ok(()))?;
/// let (sandbox, limits) = (Sandbox::new(), Limits::default());
/// let plugins = Instances::<Plugin, ()>::load(&runtime, "plugin.wasm", sandbox, limits).await?;
///
/// // A fresh instance for this call.
/// let answer = plugins
///     .call("process", async |plugin, store| plugin.call_process(store, "hi").await)
///     .await?;
///
/// // One instance for several calls.
/// let mut live = plugins.live().await?;
/// for input in ["one", "two"] {
///     live.call("process", async |plugin, store| plugin.call_process(store, input).await)
///         .await?;
/// }
/// # Ok(())
/// # }
/// ```
pub struct Instances<G: Guest<T>, T: 'static> {
    inner: Arc<Inner<G, T>>,
    timeout: Option<Duration>,
    max_wait: Option<Duration>,
}

struct Inner<G: Guest<T>, T: 'static> {
    component: Component<T>,
    pre: G::Pre,
    sandbox: Sandbox,
    limits: Limits,
    data: Box<dyn Fn() -> T + Send + Sync>,
    gate: Arc<Gate>,
    counters: Arc<Counters>,
}

impl<G: Guest<T>, T: 'static> Clone for Instances<G, T> {
    fn clone(&self) -> Self {
        Instances {
            inner: self.inner.clone(),
            timeout: self.timeout,
            max_wait: self.max_wait,
        }
    }
}

impl<G: Guest<T>, T: Default + Send + 'static> Instances<G, T> {
    /// Loads the component in the file for many short instances
    /// ([`Runtime::load_fresh`]); each has `T::default()` as its data.
    ///
    /// # Errors
    ///
    /// Those of [`Runtime::load`] and [`Instances::new`].
    pub async fn load(
        runtime: &Runtime<T>,
        path: impl AsRef<Path>,
        sandbox: Sandbox,
        limits: Limits,
    ) -> Result<Self> {
        let component = runtime.load_fresh(&Source::open(path)?).await?;
        Self::new(&component, sandbox, limits, T::default)
    }
}

impl<G: Guest<T>, T: Send + 'static> Instances<G, T> {
    /// Instances of a component that is loaded; `data` gives each its own.
    ///
    /// # Errors
    ///
    /// [`Error::World`] when the component is not of the world of `G`.
    pub fn new(
        component: &Component<T>,
        sandbox: Sandbox,
        limits: Limits,
        data: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<Self> {
        let inner = Inner {
            pre: component.typed(G::pre)?,
            gate: Arc::new(Gate::new(component)),
            component: component.clone(),
            sandbox,
            data: Box::new(data),
            counters: Arc::default(),
            limits,
        };
        Ok(Instances {
            timeout: inner.limits.timeout,
            inner: Arc::new(inner),
            max_wait: None,
        })
    }

    /// The same instances, with another time for each call than [`Limits::timeout`].
    #[must_use]
    pub fn within(&self, timeout: Duration) -> Self {
        Instances {
            timeout: Some(timeout),
            ..self.clone()
        }
    }

    /// The same instances, for a caller that waits no longer than this for its turn, and
    /// gets [`Error::PoolFull`] then. Without it, it waits as long as it takes.
    #[must_use]
    pub fn waiting_at_most(&self, time: Duration) -> Self {
        Instances {
            max_wait: Some(time),
            ..self.clone()
        }
    }

    /// Calls a fresh instance, which is gone afterwards. `export` is the name to blame in
    /// errors; `call` gets the instance and its store.
    ///
    /// # Errors
    ///
    /// Those of [`Component::store`] and [`Store::call`](crate::Store::call);
    /// [`Error::PoolFull`] and [`Error::Draining`].
    pub async fn call<R>(
        &self,
        export: &str,
        call: impl AsyncFnOnce(&G, &mut wasmtime::Store<State<T>>) -> wasmtime::Result<R>,
    ) -> Result<R> {
        self.live().await?.call(export, call).await
    }

    /// An instance for several calls. It has its place in the pool as long as it is kept.
    ///
    /// # Errors
    ///
    /// As for [`Instances::call`].
    pub async fn live(&self) -> Result<Live<G, T>> {
        self.live_with((self.inner.data)()).await
    }

    /// As [`Instances::live`], with data of its own.
    ///
    /// # Errors
    ///
    /// As for [`Instances::call`].
    pub async fn live_with(&self, data: T) -> Result<Live<G, T>> {
        let turn = self.turn().await?;
        let inner = &self.inner;
        let mut store = inner.component.store(&inner.sandbox, &inner.limits, data)?;
        if self.timeout != inner.limits.timeout {
            store.set_timeout(self.timeout)?;
        }
        Live::start(&inner.pre, store, inner.counters.clone(), turn).await
    }

    /// Waits for a place.
    async fn turn(&self) -> Result<Turn> {
        let wait = self.inner.gate.turn(self.inner.component.name());
        match self.max_wait {
            None => wait.await,
            Some(time) => match tokio::time::timeout(time, wait).await {
                Ok(turn) => turn,
                Err(_) => Err(Error::PoolFull {
                    name: self.inner.component.name().to_string(),
                    message: format!("none was free within {time:?}"),
                }),
            },
        }
    }

    /// Lets no new call begin, and waits until those that have begun are at their end and
    /// every [`Live`] is dropped: before another version takes over.
    ///
    /// Calls that wait for their turn get [`Error::Draining`], as later ones do.
    pub async fn drain(&self) {
        self.inner.gate.drain().await;
    }

    /// What became of its calls so far.
    pub fn counts(&self) -> Counts {
        self.inner.counters.counts()
    }

    /// The component.
    pub fn component(&self) -> &Component<T> {
        &self.inner.component
    }
}

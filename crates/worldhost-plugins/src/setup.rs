//! What the application brings: its own functions, and what holds of each plugin.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use wasmtime::component::Linker;
use worldhost::{Adapter, Config, Limits, Sandbox, State};
use worldhost_policy::{AllLimits, InForce, Policy, Result};

/// How plugins are made, whatever their manifest says.
pub struct Setup<T: 'static> {
    pub(crate) config: Config,
    pub(crate) imports: Arc<Imports<T>>,
    pub(crate) data: Arc<dyn Fn(&str) -> T + Send + Sync>,
    pub(crate) adapter: Option<Adapter>,
    pub(crate) patience: Duration,
    pub(crate) at_once: usize,
    limits: Limits,
    sandbox: Box<Granting>,
}

type Granting = dyn Fn(&str, Sandbox) -> Sandbox + Send + Sync;

type Imports<T> = dyn Fn(&mut Linker<State<T>>) -> wasmtime::Result<()> + Send + Sync;

impl<T: Send + 'static> Setup<T> {
    /// `imports` links the application's own interfaces, as for
    /// [`Runtime::new`](worldhost::Runtime::new); `data` gives an instance of the plugin with
    /// this name its own data.
    pub fn new(
        imports: impl Fn(&mut Linker<State<T>>) -> wasmtime::Result<()> + Send + Sync + 'static,
        data: impl Fn(&str) -> T + Send + Sync + 'static,
    ) -> Self {
        let mut limits = Limits::default();
        limits.timeout = Some(Duration::from_secs(60));
        Setup {
            config: Config::default(),
            imports: Arc::new(imports),
            data: Arc::new(data),
            adapter: None,
            patience: Duration::from_secs(30),
            at_once: Semaphore::MAX_PERMITS,
            limits,
            sandbox: Box::new(|_, sandbox| sandbox),
        }
    }

    /// How engines are set up: cache, pool, compiler, and [`Config::load`] where the manifest
    /// says nothing else. What limits and grants need of an engine is seen to.
    #[must_use]
    pub fn config(self, config: Config) -> Self {
        Setup { config, ..self }
    }

    /// The limits where the manifest says nothing else. Without this, those of
    /// [`Limits::default`] and a minute for a call.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Setup { limits, ..self }
    }

    /// What a sandbox has beside the manifest's grants: where the output of the plugin with
    /// this name goes, above all. Without this it goes nowhere.
    #[must_use]
    pub fn sandbox(
        self,
        sandbox: impl Fn(&str, Sandbox) -> Sandbox + Send + Sync + 'static,
    ) -> Self {
        Setup {
            sandbox: Box::new(sandbox),
            ..self
        }
    }

    /// Takes core modules too, of which this makes components.
    #[must_use]
    pub fn adapter(self, adapter: Adapter) -> Self {
        Setup {
            adapter: Some(adapter),
            ..self
        }
    }

    /// How long the calls of a version that was left may go on; then they are ended. Without
    /// this, 30 seconds.
    #[must_use]
    pub fn drain_within(self, patience: Duration) -> Self {
        Setup { patience, ..self }
    }

    /// How many calls of one plugin are at work at a time; others wait for their
    /// turn. So one that hangs leaves places of the [`Pool`](worldhost::Pool) to others.
    /// Without this, as many as there are places.
    #[must_use]
    pub fn calls_at_once(self, calls: usize) -> Self {
        let at_once = calls.clamp(1, Semaphore::MAX_PERMITS);
        Setup { at_once, ..self }
    }

    /// What is in force for a plugin of which a manifest says this.
    pub(crate) fn in_force(&self, policy: &Policy) -> Result<InForce> {
        let limits = AllLimits {
            run: self.limits.clone(),
            load: self.config.load.clone(),
        };
        InForce::over(limits).with(policy.clone()).with_grants([])
    }

    /// The sandbox of the plugin with this name.
    pub(crate) fn sandbox_of(&self, name: &str, in_force: &InForce) -> Result<Sandbox> {
        Ok((self.sandbox)(name, in_force.sandbox()?))
    }
}

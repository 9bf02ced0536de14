//! One version of a plugin: a component that was found to fit, with its grants and limits.

use crate::manifest::Entry;
use crate::runtimes::Runtimes;
use crate::setup::Setup;
use std::sync::Arc;
use tokio::sync::watch;
use worldhost::{Component, Guest, Instances, Limits, Pin, Runtime, Sandbox, Source};
use worldhost_policy::{Error, InForce, Result};

/// What may become a version: open, read, and of the digest that it is to be of.
pub(crate) struct Candidate {
    entry: Entry,
    in_force: InForce,
    source: Source,
    digest: Pin,
}

impl Candidate {
    /// What an entry names, or another source in its place.
    pub(crate) async fn new<T: Send + 'static>(
        setup: &Setup<T>,
        entry: &Entry,
        source: Option<Source>,
    ) -> Result<Self> {
        let in_force = setup.in_force(&entry.policy)?;
        let (path, adapter) = (entry.component.clone(), setup.adapter);
        let (pin, limits) = (entry.pin, in_force.load_limits().clone());
        let read = move || -> worldhost::Result<(Source, Pin)> {
            let source = match source {
                Some(source) => source,
                None => Source::open_regular(path, adapter)?,
            };
            if let Some(pin) = &pin {
                source.expect(pin, &limits)?;
            }
            let digest = source.pin(&limits)?;
            Ok((source, digest))
        };
        let read = tokio::task::spawn_blocking(read).await;
        let read = read.unwrap_or_else(|panic| Err(worldhost::Error::Host(panic.to_string())));
        let (source, digest) = read.map_err(|error| misfit(entry, error))?;
        Ok(Candidate {
            entry: entry.clone(),
            in_force,
            source,
            digest,
        })
    }

    /// Whether it would be what there is.
    pub(crate) fn is<G: Guest<T>, T: Send + 'static>(&self, version: &Version<G, T>) -> bool {
        self.digest == version.digest && self.entry.is_same(&version.entry)
    }
}

fn misfit(entry: &Entry, error: worldhost::Error) -> Error {
    Error::Host {
        place: entry.place.clone(),
        source: Box::new(error),
    }
}

pub(crate) struct Version<G: Guest<T>, T: Send + 'static> {
    pub(crate) entry: Entry,
    pub(crate) digest: Pin,
    pub(crate) instances: Instances<G, T>,
    sandbox: Sandbox,
    limits: Limits,
    runtime: Arc<Runtime<T>>,
    cut: watch::Sender<bool>,
}

impl<G: Guest<T>, T: Send + 'static> Version<G, T> {
    /// Compiles it, links it, finds its exports, and makes a store for it: what a call would
    /// be refused for, is found now.
    pub(crate) async fn load(
        setup: &Setup<T>,
        runtimes: &Runtimes<T>,
        candidate: Candidate,
    ) -> Result<Self> {
        let Candidate {
            entry,
            in_force,
            source,
            digest,
        } = candidate;
        let sandbox = setup.sandbox_of(&entry.name, &in_force)?;
        let limits = in_force.limits();
        let misfit = |error| misfit(&entry, error);
        let runtime = runtimes.of(setup, &in_force).map_err(misfit)?;
        let component = runtime.load_fresh(&source).await.map_err(misfit)?;
        let data = (setup.data)(&entry.name);
        component.store(&sandbox, &limits, data).map_err(misfit)?;
        Self::of(setup, &component, entry, digest, sandbox, limits, runtime)
    }

    /// The same once more, to be called again.
    pub(crate) fn again(&self, setup: &Setup<T>) -> Result<Self> {
        let (entry, sandbox) = (self.entry.clone(), self.sandbox.clone());
        let (limits, runtime) = (self.limits.clone(), self.runtime.clone());
        let component = self.instances.component();
        Self::of(
            setup,
            component,
            entry,
            self.digest,
            sandbox,
            limits,
            runtime,
        )
    }

    fn of(
        setup: &Setup<T>,
        component: &Component<T>,
        entry: Entry,
        digest: Pin,
        sandbox: Sandbox,
        limits: Limits,
        runtime: Arc<Runtime<T>>,
    ) -> Result<Self> {
        let (name, data) = (entry.name.clone(), setup.data.clone());
        let data = move || data(&name);
        let instances = Instances::new(component, sandbox.clone(), limits.clone(), data);
        Ok(Version {
            instances: instances.map_err(|error| misfit(&entry, error))?,
            entry,
            digest,
            sandbox,
            limits,
            runtime,
            cut: watch::Sender::default(),
        })
    }

    /// Ends the calls that are under way.
    pub(crate) fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// Waits until they are to end.
    pub(crate) async fn is_cut(&self) {
        // There is a sender as long as there is this.
        let _ = self.cut.subscribe().wait_for(|cut| *cut).await;
    }
}

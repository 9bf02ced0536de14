//! A plugin in hand, whichever version of it there is.

use crate::event::{Event, Told};
use crate::setup::Setup;
use crate::version::Version;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use worldhost::{Counts, Error, Guest, Instances, Live, Pin, Result, State, Watch};

/// A plugin. Calls go to the version that there is when they begin, and end with it. Cheap to
/// clone; clones are one.
pub struct Plugin<G: Guest<T>, T: Send + 'static> {
    inner: Arc<Inner<G, T>>,
}

struct Inner<G: Guest<T>, T: Send + 'static> {
    name: Arc<str>,
    patience: Duration,
    told: Told,
    places: Semaphore,
    versions: RwLock<Versions<G, T>>,
    /// Of the file that it was loaded from.
    watch: Mutex<Option<Watch>>,
    taken: AtomicU64,
    refused: AtomicU64,
}

struct Versions<G: Guest<T>, T: Send + 'static> {
    current: Option<Arc<Version<G, T>>>,
    before: Option<Arc<Version<G, T>>>,
    /// Those that were left, and have calls under way.
    leaving: Vec<Arc<Version<G, T>>>,
    /// What became of the calls of others.
    past: Counts,
}

/// How a version comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coming {
    Forward,
    Back,
}

impl<G: Guest<T>, T: Send + 'static> Clone for Plugin<G, T> {
    fn clone(&self) -> Self {
        Plugin {
            inner: self.inner.clone(),
        }
    }
}

impl<G: Guest<T>, T: Send + 'static> Plugin<G, T> {
    /// Its name in the manifest.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// What its file is; none when it was removed.
    pub fn digest(&self) -> Option<Pin> {
        self.current().map(|version| version.digest)
    }

    /// Calls a fresh instance, which is gone afterwards. `export` is the name to blame in
    /// errors; `call` gets the instance and its store.
    ///
    /// No call is lost when the plugin is replaced: one that has begun ends with the old
    /// version, and one that waits for its turn begins with the new one.
    ///
    /// # Errors
    ///
    /// Those of [`Instances::call`]; [`Error::Draining`] once the plugin was removed; and
    /// [`Error::Timeout`] where a version was left and the time for its last calls is over
    /// ([`Setup::drain_within`]).
    pub async fn call<R>(
        &self,
        export: &str,
        call: impl AsyncFnOnce(&G, &mut wasmtime::Store<State<T>>) -> wasmtime::Result<R>,
    ) -> Result<R> {
        // It is never closed, and a place is given back at the end.
        let _place = self.inner.places.acquire().await;
        let (version, mut live) = self.begin().await?;
        tokio::select! {
            biased;
            done = live.call(export, call) => done,
            () = version.is_cut() => Err(Error::Timeout {
                export: export.to_string(),
                limit: self.inner.patience,
            }),
        }
    }

    /// An instance for several calls, of the version that there is. A version that is left
    /// waits for it to be dropped, and does not end it.
    ///
    /// # Errors
    ///
    /// As for [`Plugin::call`].
    pub async fn live(&self) -> Result<Live<G, T>> {
        Ok(self.begin().await?.1)
    }

    /// The instances of the version that there is, for what has no method here; none when it
    /// was removed. They take no calls any more once it is replaced.
    pub fn instances(&self) -> Option<Instances<G, T>> {
        self.current().map(|version| version.instances.clone())
    }

    /// What became of its calls, of all versions.
    pub fn counts(&self) -> Counts {
        let versions = self.inner.versions.read().unwrap();
        let others = versions.leaving.iter().chain(&versions.current);
        let others = others.map(|version| version.instances.counts());
        others.fold(versions.past, sum)
    }

    async fn begin(&self) -> Result<(Arc<Version<G, T>>, Live<G, T>)> {
        loop {
            let Some(version) = self.current() else {
                return Err(Error::Draining {
                    name: self.name().to_string(),
                });
            };
            match version.instances.live().await {
                // Nothing has begun, and there is another by now.
                Err(Error::Draining { .. }) if !self.is_current(&version) => {}
                live => return Ok((version, live?)),
            }
        }
    }

    fn is_current(&self, version: &Arc<Version<G, T>>) -> bool {
        self.current()
            .is_some_and(|current| Arc::ptr_eq(&current, version))
    }
}

fn sum(a: Counts, b: Counts) -> Counts {
    let mut sum = Counts::default();
    sum.succeeded = a.succeeded + b.succeeded;
    sum.failed = a.failed + b.failed;
    sum.trapped = a.trapped + b.trapped;
    sum.timed_out = a.timed_out + b.timed_out;
    sum.limited = a.limited + b.limited;
    sum.busy = a.busy + b.busy;
    sum.memory = a.memory.max(b.memory);
    sum
}

/// What only those do who know all plugins, one at a time.
impl<G: Guest<T>, T: Send + 'static> Plugin<G, T> {
    /// One that has no version yet.
    pub(crate) fn new(name: Arc<str>, setup: &Setup<T>, told: Told) -> Self {
        let versions = Versions {
            current: None,
            before: None,
            leaving: Vec::new(),
            past: Counts::default(),
        };
        let inner = Inner {
            name,
            patience: setup.patience,
            told,
            places: Semaphore::new(setup.at_once),
            versions: RwLock::new(versions),
            watch: Mutex::default(),
            taken: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        };
        Plugin {
            inner: Arc::new(inner),
        }
    }

    pub(crate) fn current(&self) -> Option<Arc<Version<G, T>>> {
        self.inner.versions.read().unwrap().current.clone()
    }

    pub(crate) fn before(&self) -> Option<Arc<Version<G, T>>> {
        self.inner.versions.read().unwrap().before.clone()
    }

    /// Has calls go to this version from now on, and lets the one before come to its end.
    pub(crate) fn put(&self, version: Version<G, T>, coming: Coming) {
        let (plugin, to) = (self.inner.name.clone(), version.digest);
        let left = self.exchange(Some(version));
        self.inner.taken.fetch_add(1, Relaxed);
        let event = match (&left, coming) {
            (None, _) => Event::Loaded { plugin, digest: to },
            (Some(left), Coming::Forward) => Event::Replaced {
                plugin,
                from: left.digest,
                to,
            },
            (Some(left), Coming::Back) => Event::RolledBack {
                plugin,
                from: left.digest,
                to,
            },
        };
        self.inner.told.tell(event);
        self.retire(left);
    }

    /// Lets it take no more calls.
    pub(crate) fn remove(&self) {
        let left = self.exchange(None);
        let plugin = self.inner.name.clone();
        self.inner.told.tell(Event::Removed { plugin });
        self.retire(left);
    }

    fn exchange(&self, next: Option<Version<G, T>>) -> Option<Arc<Version<G, T>>> {
        let mut versions = self.inner.versions.write().unwrap();
        let left = std::mem::replace(&mut versions.current, next.map(Arc::new));
        versions.leaving.extend(left.clone());
        versions.before.clone_from(&left);
        left
    }

    fn retire(&self, left: Option<Arc<Version<G, T>>>) {
        if let Some(version) = left {
            let this = self.clone();
            tokio::spawn(async move { this.drain(&version).await });
        }
    }

    /// Waits for the calls of a version that was left, as long as they may take, and ends
    /// those that take longer.
    async fn drain(&self, left: &Arc<Version<G, T>>) {
        let Inner {
            name,
            patience,
            told,
            versions,
            ..
        } = &*self.inner;
        let (plugin, digest) = (name.clone(), left.digest);
        let began = Instant::now();
        let mut drained = pin!(left.instances.drain());
        if tokio::time::timeout(*patience, &mut drained).await.is_err() {
            left.cut();
            let plugin = plugin.clone();
            told.tell(Event::CutOff { plugin, digest });
            // Now only instances are left that somebody keeps.
            drained.await;
        }
        let took = began.elapsed();
        {
            let mut versions = versions.write().unwrap();
            versions.leaving.retain(|other| !Arc::ptr_eq(other, left));
            versions.past = sum(versions.past, left.instances.counts());
        }
        told.tell(Event::Drained {
            plugin,
            digest,
            took,
        });
    }

    /// That what was to come does not fit.
    pub(crate) fn refuse(&self) {
        self.inner.refused.fetch_add(1, Relaxed);
    }

    /// How many versions were taken, and how many did not fit.
    pub(crate) fn turns(&self) -> (u64, u64) {
        let Inner { taken, refused, .. } = &*self.inner;
        (taken.load(Relaxed), refused.load(Relaxed))
    }

    /// Looks from now on at the file that it was loaded from.
    pub(crate) fn look_at(&self, watch: Watch) {
        *self.inner.watch.lock().unwrap() = Some(watch);
    }

    /// Whether that file is another by now.
    pub(crate) fn has_changed(&self) -> bool {
        let mut watch = self.inner.watch.lock().unwrap();
        watch.as_mut().is_some_and(Watch::has_changed)
    }
}

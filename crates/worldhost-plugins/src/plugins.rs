//! All plugins of an application.

use crate::error::{Error, Misfit, Result};
use crate::event::{Event, Events, Told};
use crate::manifest::{Entry, Manifest};
use crate::plugin::{Coming, Plugin};
use crate::runtimes::Runtimes;
use crate::setup::Setup;
use crate::version::{Candidate, Version};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};
use tokio::sync::Mutex as Turn;
use worldhost::{Guest, Source, Watch};

/// The plugins that a manifest names: `G` is what `bindgen!` generated for their world, and
/// `T` the application's own data in each instance. Cheap to clone; clones are one.
///
/// Whatever is to come is loaded and checked before anything is changed. Changes are made one
/// at a time; calls go on meanwhile.
pub struct Plugins<G: Guest<T>, T: Send + 'static> {
    inner: Arc<Inner<G, T>>,
}

struct Inner<G: Guest<T>, T: Send + 'static> {
    setup: Setup<T>,
    runtimes: Runtimes<T>,
    told: Told,
    /// In the manifest's order.
    plugins: RwLock<Arc<[Plugin<G, T>]>>,
    manifest: Mutex<Option<Watch>>,
    /// Whoever changes something has it.
    turn: Turn<()>,
}

impl<G: Guest<T>, T: Send + 'static> Clone for Plugins<G, T> {
    fn clone(&self) -> Self {
        Plugins {
            inner: self.inner.clone(),
        }
    }
}

impl<G: Guest<T>, T: Send + 'static> Plugins<G, T> {
    /// Those that a manifest names.
    ///
    /// # Errors
    ///
    /// [`Error::Misfits`].
    pub async fn load(setup: Setup<T>, manifest: &Manifest) -> Result<Self> {
        let plugins = Self::none(setup);
        plugins.apply(manifest).await?;
        Ok(plugins)
    }

    /// None yet: for whoever listens to [events](Plugins::events) before the first is loaded.
    pub fn none(setup: Setup<T>) -> Self {
        let inner = Inner {
            setup,
            runtimes: Runtimes::new(),
            told: Told::new(),
            plugins: RwLock::new(Arc::new([])),
            manifest: Mutex::default(),
            turn: Turn::default(),
        };
        Plugins {
            inner: Arc::new(inner),
        }
    }

    /// The plugin with this name.
    pub fn get(&self, name: &str) -> Option<Plugin<G, T>> {
        self.all()
            .iter()
            .find(|plugin| plugin.name() == name)
            .cloned()
    }

    /// All of them, in the manifest's order.
    pub fn all(&self) -> Arc<[Plugin<G, T>]> {
        self.inner.plugins.read().unwrap().clone()
    }

    /// What happens from now on.
    pub fn events(&self) -> Events {
        self.inner.told.listen()
    }

    /// Whether all that a manifest names fits. Nothing is changed.
    ///
    /// # Errors
    ///
    /// [`Error::Misfits`], with all of them.
    pub async fn check(&self, manifest: &Manifest) -> Result<()> {
        self.versions(manifest)
            .await
            .map(drop)
            .map_err(Error::Misfits)
    }

    /// Has the plugins be what a manifest says: what is new is loaded, what is gone removed,
    /// and what has another file, or other grants or limits, is replaced; what is the same
    /// goes on. All of it or nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Misfits`], with all of them; then all goes on as it was.
    pub async fn apply(&self, manifest: &Manifest) -> Result<()> {
        let _turn = self.inner.turn.lock().await;
        let versions = match self.versions(manifest).await {
            Ok(versions) => versions,
            Err(misfits) => {
                for misfit in &misfits {
                    self.refused(misfit);
                }
                return Err(Error::Misfits(misfits));
            }
        };
        let (before, mut plugins) = (self.all(), Vec::new());
        for (entry, version) in manifest.entries.iter().zip(versions) {
            let plugin = self.get(&entry.name).unwrap_or_else(|| self.empty(entry));
            if let Some((version, watch)) = version {
                plugin.look_at(watch);
                plugin.put(version, Coming::Forward);
            }
            plugins.push(plugin);
        }
        let is_named = |plugin: &&Plugin<G, T>| manifest.names().any(|name| name == plugin.name());
        *self.inner.plugins.write().unwrap() = plugins.into();
        before
            .iter()
            .filter(|plugin| !is_named(plugin))
            .for_each(Plugin::remove);
        self.inner
            .manifest
            .lock()
            .unwrap()
            .clone_from(&manifest.watch);
        Ok(())
    }

    /// Puts another component in the place of the one that there is, with the same grants and
    /// limits. It stays until its file or the manifest says otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`], and [`Error::Misfits`], of a plugin with a `digest` also when that is
    /// another.
    pub async fn replace(&self, name: &str, source: Source) -> Result<()> {
        let _turn = self.inner.turn.lock().await;
        self.renew(name, Some(source)).await
    }

    /// Loads a plugin's file as it is now, if it is another than was loaded.
    ///
    /// # Errors
    ///
    /// As for [`Plugins::replace`].
    pub async fn reload(&self, name: &str) -> Result<()> {
        let _turn = self.inner.turn.lock().await;
        self.renew(name, None).await
    }

    /// Puts the version before in the place of the one that there is, with the grants and limits
    /// that it had; once more, and it is the other way round.
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`] and [`Error::NoneBefore`].
    pub async fn roll_back(&self, name: &str) -> Result<()> {
        let _turn = self.inner.turn.lock().await;
        let plugin = self.known(name)?;
        let before = plugin
            .before()
            .ok_or_else(|| Error::NoneBefore(name.to_string()))?;
        let again = before.again(&self.inner.setup).map_err(|error| {
            let plugin = before.entry.name.clone();
            Error::Misfits(vec![Misfit { plugin, error }])
        })?;
        plugin.put(again, Coming::Back);
        Ok(())
    }

    /// Lets a plugin take no more calls, until a manifest brings it back.
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`].
    pub async fn remove(&self, name: &str) -> Result<()> {
        let _turn = self.inner.turn.lock().await;
        let plugin = self.known(name)?;
        let others = self.all();
        let others = others.iter().filter(|other| other.name() != name).cloned();
        *self.inner.plugins.write().unwrap() = others.collect();
        plugin.remove();
        Ok(())
    }

    /// Where the manifest is, and whether its file is another than was applied.
    pub(crate) fn manifest(&self) -> Option<(PathBuf, bool)> {
        let mut watch = self.inner.manifest.lock().unwrap();
        let watch = watch.as_mut()?;
        let changed = watch.has_changed();
        Some((watch.path().to_path_buf(), changed))
    }

    /// That a manifest cannot be read.
    pub(crate) fn unread(&self, error: &Error) {
        let (plugin, why) = (None, error.to_string());
        self.inner.told.tell(Event::Refused { plugin, why });
    }

    fn known(&self, name: &str) -> Result<Plugin<G, T>> {
        self.get(name)
            .ok_or_else(|| Error::Unknown(name.to_string()))
    }

    fn empty(&self, entry: &Entry) -> Plugin<G, T> {
        let Inner { setup, told, .. } = &*self.inner;
        Plugin::new(entry.name.clone(), setup, told.clone())
    }

    fn refused(&self, misfit: &Misfit) {
        if let Some(plugin) = self.get(&misfit.plugin) {
            plugin.refuse();
        }
        self.inner.told.tell(Event::Refused {
            plugin: Some(misfit.plugin.clone()),
            why: misfit.to_string(),
        });
    }

    /// A version for each plugin that is to have another, or everything that does not fit.
    async fn versions(
        &self,
        manifest: &Manifest,
    ) -> Result<Vec<Option<(Version<G, T>, Watch)>>, Vec<Misfit>> {
        let (mut versions, mut misfits) = (Vec::new(), Vec::new());
        for entry in &manifest.entries {
            match self.version(entry, None).await {
                Ok(version) => versions.push(version),
                Err(misfit) => misfits.push(misfit),
            }
        }
        match misfits.is_empty() {
            true => Ok(versions),
            false => Err(misfits),
        }
    }

    /// Another version of a plugin, if it is another; and the file that it is of, as it was
    /// before it was read.
    async fn version(
        &self,
        entry: &Entry,
        source: Option<Source>,
    ) -> Result<Option<(Version<G, T>, Watch)>, Misfit> {
        let Inner {
            setup, runtimes, ..
        } = &*self.inner;
        let misfit = |error| Misfit {
            plugin: entry.name.clone(),
            error,
        };
        let watch = Watch::new(&entry.component);
        let candidate = Candidate::new(setup, entry, source).await.map_err(misfit)?;
        let current = self.get(&entry.name).and_then(|plugin| plugin.current());
        if current.is_some_and(|current| candidate.is(&current)) {
            return Ok(None);
        }
        let version = Version::load(setup, runtimes, candidate).await;
        Ok(Some((version.map_err(misfit)?, watch)))
    }

    async fn renew(&self, name: &str, source: Option<Source>) -> Result<()> {
        let plugin = self.known(name)?;
        let current = plugin
            .current()
            .ok_or_else(|| Error::Unknown(name.to_string()))?;
        let of_file = source.is_none();
        match self.version(&current.entry, source).await {
            Ok(None) => {}
            Ok(Some((version, watch))) => {
                if of_file {
                    plugin.look_at(watch);
                }
                plugin.put(version, Coming::Forward);
            }
            Err(misfit) => {
                self.refused(&misfit);
                return Err(Error::Misfits(vec![misfit]));
            }
        }
        Ok(())
    }
}

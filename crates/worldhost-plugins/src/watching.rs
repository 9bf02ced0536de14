//! Files that change, taken as they are saved.

use crate::manifest::Manifest;
use crate::plugins::Plugins;
use std::path::Path;
use tokio::task::JoinHandle;
use worldhost::{Guest, Watch};

/// Files are looked at as long as there is this.
#[must_use = "when it is dropped, nothing is looked at"]
pub struct Watching(JoinHandle<()>);

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<G: Guest<T>, T: Send + 'static> Plugins<G, T> {
    /// Looks at the manifest that was applied last, and at each plugin's file: what was saved
    /// is checked and takes over, and [events](Plugins::events) tell what came of it. A manifest
    /// is taken all or nothing, and once more when a file is saved that did not fit; a plugin's
    /// file is taken for itself.
    ///
    /// # Panics
    ///
    /// Outside of an executor of Tokio.
    pub fn watch(&self) -> Watching {
        let plugins = self.clone();
        Watching(tokio::spawn(async move {
            let mut awaited = Vec::new();
            loop {
                tokio::time::sleep(Watch::OFTEN).await;
                plugins.look(&mut awaited).await;
            }
        }))
    }

    /// Looks at all files once. What does not fit is told by events; `awaited` are the files of
    /// a manifest that did not, which may be saved next.
    async fn look(&self, awaited: &mut Vec<Watch>) {
        // Each is to be looked at each time.
        let awaited_changed = |any, watch: &mut Watch| watch.has_changed() | any;
        let saved = awaited.iter_mut().fold(false, awaited_changed);
        if let Some((path, changed)) = self.manifest()
            && (changed || saved)
        {
            *awaited = self.take(&path).await;
        }
        for plugin in self.all().iter().filter(|plugin| plugin.has_changed()) {
            let _ = self.reload(plugin.name()).await;
        }
    }

    /// Takes the manifest as it is now; the files to wait for if it does not fit.
    async fn take(&self, path: &Path) -> Vec<Watch> {
        let manifest = match Manifest::read(path) {
            Ok(manifest) => manifest,
            Err(error) => {
                self.unread(&error);
                return Vec::new();
            }
        };
        let files = manifest.entries.iter().map(|entry| &entry.component);
        let files: Vec<Watch> = files.map(Watch::new).collect();
        match self.apply(&manifest).await {
            Ok(()) => Vec::new(),
            Err(_) => files,
        }
    }
}

//! What components of registries are pinned to: by the lock beside the manifest.

use super::manifest::Entry;
use crate::options::source::{address, registries};
use std::path::Path;
use tokio::task::spawn_blocking;
use worldhost::{LoadLimits, Pin};
use worldhost_registry::{Address, Lock};

pub struct Pins {
    lock: Lock,
    offline: bool,
}

impl Pins {
    pub fn beside(manifest: &Path, offline: bool) -> anyhow::Result<Self> {
        let lock = Lock::read(manifest.with_file_name(Lock::NAME))?;
        Ok(Pins { lock, offline })
    }

    /// Has a component be what it is pinned to, in the manifest or by the lock; or else what its
    /// source is now, which is given back.
    pub async fn pin(&self, entry: &mut Entry) -> anyhow::Result<Option<(Address, Pin)>> {
        let Some(address) = address(Path::new(&entry.source))? else {
            return Ok(None);
        };
        if self.offline {
            entry.options.push("--offline".into());
        }
        if entry
            .options
            .iter()
            .any(|option| option.starts_with("--digest="))
        {
            return Ok(None);
        }
        let (pin, new) = match self.lock.get(&address) {
            Some(pin) => (pin, None),
            None => {
                let registries = registries(&LoadLimits::default(), self.offline)?;
                let asked = address.clone();
                let pin = spawn_blocking(move || registries.pin(&asked)).await??;
                (pin, Some((address, pin)))
            }
        };
        entry.options.push(format!("--digest={pin}"));
        Ok(new)
    }

    /// It is to be this from now on.
    pub fn hold(&mut self, pinned: Option<(Address, Pin)>) {
        if let Some((address, pin)) = pinned {
            self.lock.set(&address, pin);
        }
    }

    pub fn write(&mut self) -> anyhow::Result<()> {
        Ok(self.lock.write()?)
    }
}

//! COMPONENT: the one place where what was named becomes a file.

use super::cache;
use crate::terminal::{Usage, failure, progress};
use clap::Args;
use std::path::{Path, PathBuf};
use tokio::task::spawn_blocking;
use worldhost::{LoadLimits, Pin, Result, Source};
use worldhost_registry::{Address, Registries, Store};

#[derive(Args, Clone)]
pub struct Fetching {
    /// Ask no registry: a component of one is the one that was pulled before.
    #[arg(long, help_heading = "Code")]
    pub offline: bool,
}

/// The component that was named: a file, or what is in the store of a source in a registry.
pub struct Found {
    /// As it was named.
    pub name: PathBuf,
    pub file: PathBuf,
    /// What the file has to be.
    pub pin: Option<Pin>,
}

/// What this names in a registry, unless there is a file of this name.
pub fn address(component: &Path) -> worldhost_registry::Result<Option<Address>> {
    match component.to_str() {
        Some(text) if text.starts_with(Address::OCI) => Address::of(text),
        Some(text) if text.contains('@') && !component.exists() => Address::of(text),
        _ => Ok(None),
    }
}

/// A name for a file that is made of it.
pub fn file_name(component: &Path) -> PathBuf {
    match address(component) {
        Ok(Some(address)) => format!("{}.wasm", address.name()).into(),
        _ => component.into(),
    }
}

/// All registries, with the store of this user, which is beside the code in the cache.
pub fn registries(limits: &LoadLimits, offline: bool) -> anyhow::Result<Registries> {
    let dir = cache::required()?.info()?.dir;
    let mut registries = Registries::new(Store::open(dir.join("components"))?, limits);
    registries.offline = offline;
    Ok(registries)
}

impl Fetching {
    /// Finds COMPONENT, which is to be `pin`. Of a registry it is pulled if it is not in the
    /// store, and whoever calls waits.
    pub fn find_blocking(
        &self,
        component: &Path,
        pin: Option<Pin>,
        limits: &LoadLimits,
    ) -> anyhow::Result<Found> {
        let name = component.into();
        let Some(address) = address(component)? else {
            let file = component.into();
            return Ok(Found { name, file, pin });
        };
        let found = registries(limits, self.offline)?.find(&address, pin)?;
        Ok(Found {
            name,
            file: found.file,
            pin: Some(found.pin),
        })
    }

    /// The same, while others go on.
    pub async fn find(
        &self,
        component: &Path,
        pin: Option<Pin>,
        limits: &LoadLimits,
    ) -> anyhow::Result<Found> {
        if address(component)?.is_none() {
            return self.find_blocking(component, pin, limits);
        }
        let (fetching, limits) = (self.clone(), limits.clone());
        let path = component.to_path_buf();
        let pulling = spawn_blocking(move || fetching.find_blocking(&path, pin, &limits));
        progress::during("pulling", component, pulling).await?
    }
}

impl Found {
    /// Opens it. It may also be a core module that a component can be made of.
    pub fn open(&self, limits: &LoadLimits) -> Result<Source> {
        self.pinned(open(&self.file)?, limits)
    }

    /// The same of a regular file alone: what is loaded again, while others wait, is no pipe.
    pub fn open_regular(&self, limits: &LoadLimits) -> Result<Source> {
        self.pinned(open_regular(&self.file)?, limits)
    }

    /// As [`Found::open`], and says if what runs is not the file itself.
    pub fn open_and_tell(&self, limits: &LoadLimits, verbose: bool) -> Result<Source> {
        let source = self.open(limits)?;
        if verbose {
            source.bytes_within(limits)?;
            if source.is_adapted()? {
                failure::warn(format_args!(
                    "{} is a core module; what runs is a component that was made of it",
                    self.name.display()
                ));
            }
        }
        Ok(source)
    }

    fn pinned(&self, source: Source, limits: &LoadLimits) -> Result<Source> {
        let source = source.named(self.name.display().to_string());
        if let Some(pin) = &self.pin {
            source.expect(pin, limits)?;
        }
        Ok(source)
    }
}

/// Opens a file, which may also be a core module that a component can be made of.
pub fn open(path: &Path) -> Result<Source> {
    Source::open_adapted(path, worldhost_adapt::ADAPTER)
}

/// The same of a regular file alone.
pub fn open_regular(path: &Path) -> Result<Source> {
    Source::open_regular(path, worldhost_adapt::ADAPTER)
}

/// That COMPONENT is a file, as an option wants it; `otherwise` says what one of a registry is.
pub fn expect_file(component: &Path, option: &str, otherwise: &str) -> anyhow::Result<()> {
    match address(component)? {
        None => Ok(()),
        Some(_) => Err(Usage(format!("{option} is for files: {otherwise}")).into()),
    }
}

//! Where an address is: a repository of OCI's, or a file of a registry that is a directory.

use crate::error::{Error, Result, within};
use crate::oci::Repository;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use worldhost::{LoadLimits, Pin, compile::write_whole, open_regular};

pub(crate) enum Place {
    Oci(Box<Repository>),
    Local(PathBuf),
}

impl Place {
    /// What is there now.
    pub(crate) async fn ask(&self, address: &str, limits: &LoadLimits) -> Result<Pin> {
        match self {
            Place::Oci(repository) => repository.ask(limits).await,
            Place::Local(file) => Ok(Pin::of(&read(file, address, limits)?)),
        }
    }

    /// The bytes of this digest, which the caller is to check.
    pub(crate) async fn get(
        &self,
        address: &str,
        pin: &Pin,
        limits: &LoadLimits,
    ) -> Result<Vec<u8>> {
        match self {
            Place::Oci(repository) => repository.get(pin, limits).await,
            Place::Local(file) => read(file, address, limits),
        }
    }

    pub(crate) async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        match self {
            Place::Oci(repository) => repository.put(name, bytes).await,
            Place::Local(file) => write(file, &bytes).map_err(|error| Error::file(file, error)),
        }
    }
}

fn read(path: &Path, address: &str, limits: &LoadLimits) -> Result<Vec<u8>> {
    let file = open_regular(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::NotFound {
            address: address.into(),
        },
        _ => Error::file(path, error),
    })?;
    let mut bytes = Vec::new();
    let read = file
        .take(limits.size.saturating_add(1))
        .read_to_end(&mut bytes);
    read.map_err(|error| Error::file(path, error))?;
    within(bytes.len() as u64, address, limits)?;
    Ok(bytes)
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    write_whole(path, bytes)
}

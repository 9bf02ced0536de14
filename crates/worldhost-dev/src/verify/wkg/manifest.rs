//! `wkg.toml`: the packages that wkg takes from somewhere else than a registry.

use crate::error::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A manifest, which may be there or not.
#[derive(Debug)]
pub(in crate::verify) struct Manifest {
    /// The file.
    pub(in crate::verify) path: PathBuf,
    pub(in crate::verify) overrides: BTreeMap<String, Override>,
}

/// Where a package is taken from.
#[derive(Debug, Deserialize)]
pub(in crate::verify) struct Override {
    /// A directory or file. wkg never locks it.
    pub(in crate::verify) path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    overrides: BTreeMap<String, Override>,
}

impl Manifest {
    /// That of the nearest directory at or around this one that has one: wkg takes it
    /// from anywhere below.
    pub(in crate::verify) fn around(dir: &Path) -> Result<Option<Manifest>> {
        let mut files = dir.ancestors().map(|dir| dir.join("wkg.toml"));
        let Some(path) = files.find(|file| file.is_file()) else {
            return Ok(None);
        };
        let text = fs::read_to_string(&path).map_err(|error| Error::file(&path, error))?;
        let file: File = toml::from_str(&text).map_err(|error| Error::Manifest {
            path: worldhost_wit::paths::shown(&path),
            message: error.message().to_string(),
        })?;
        Ok(Some(Manifest {
            path,
            overrides: file.overrides,
        }))
    }

    /// Where a package is taken from on this machine. wkg counts from the directory that it is
    /// run in, which is most likely this one.
    pub(in crate::verify) fn local(&self, package: &str) -> Option<PathBuf> {
        let path = self.overrides.get(package)?.path.as_ref()?;
        Some(self.path.with_file_name("").join(path))
    }
}

//! `wkg.lock`: which packages were fetched, and the digest of each.

use crate::error::{Error, Result};
use serde::Deserialize;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The packages that a lock names, or what is wrong with its text.
pub(in crate::verify) type Lock = Result<Vec<Locked>, String>;

/// A package that the lock names.
#[derive(Clone, Debug)]
pub(in crate::verify) struct Locked {
    /// Such as `wasi:cli`.
    pub(in crate::verify) name: String,
    pub(in crate::verify) version: String,
    /// Where it was fetched from, such as `wasi.dev`.
    pub(in crate::verify) registry: Option<String>,
    /// `sha256:` and the digest in hexadecimal.
    pub(in crate::verify) digest: String,
}

impl Locked {
    pub(in crate::verify) fn is_of(&self, name: &str, version: Option<&str>) -> bool {
        self.name == name && Some(self.version.as_str()) == version
    }
}

#[derive(Deserialize)]
struct File {
    version: u64,
    #[serde(default)]
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    registry: Option<String>,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    digest: String,
}

/// Reads a lock file. None when there is none.
pub(in crate::verify) fn read(path: &Path) -> Result<Option<Lock>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(parse(&text))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(path, error)),
    }
}

fn parse(text: &str) -> Lock {
    let file: File = toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        format!("line {line}: {}", error.message())
    })?;
    if file.version != 1 {
        return Err(format!(
            "it is of version {}, and only 1 is known",
            file.version
        ));
    }
    let mut locked = Vec::new();
    for package in file.packages {
        for version in package.versions {
            locked.push(Locked {
                name: package.name.clone(),
                version: version.version,
                registry: package.registry.clone(),
                digest: version.digest,
            });
        }
    }
    Ok(locked)
}

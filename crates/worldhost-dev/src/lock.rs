//! `wkg.lock`: which packages were fetched, and the digest of each.

use crate::error::{Error, Result};
use serde::Deserialize;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// A package that the lock names.
#[derive(Clone, Debug)]
pub(crate) struct Locked {
    /// Such as `wasi:cli`.
    pub(crate) name: String,
    pub(crate) version: String,
    /// `sha256:` and the digest in hexadecimal.
    pub(crate) digest: String,
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
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    digest: String,
}

/// Reads a lock file. None when there is none; the inner error is what is wrong
/// with its text.
pub(crate) fn read(path: &Path) -> Result<Option<Result<Vec<Locked>, String>>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::file(path, error)),
    };
    Ok(Some(parse(&text)))
}

fn parse(text: &str) -> Result<Vec<Locked>, String> {
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
                digest: version.digest,
            });
        }
    }
    Ok(locked)
}

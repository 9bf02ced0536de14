//! The working tree.

use super::tree::{Files, Kind};
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The file system as it is now.
pub(crate) struct Disk;

impl Files for Disk {
    fn kind(&self, path: &Path) -> Result<Option<Kind>> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Ok(Some(Kind::Dir)),
            Ok(_) => Ok(Some(Kind::File)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(fail(path, error)),
        }
    }

    fn list(&self, dir: &Path) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(dir).map_err(|error| fail(dir, error))? {
            let entry = entry.map_err(|error| fail(dir, error))?;
            names.extend(entry.file_name().into_string().ok());
        }
        names.sort();
        Ok(names)
    }

    fn read(&self, file: &Path) -> Result<Vec<u8>> {
        bounded(file).map_err(|error| fail(file, error))
    }

    fn shown(&self, path: &Path) -> String {
        path.display().to_string()
    }
}

/// Text or a component; a device or a pipe may have no end.
fn bounded(file: &Path) -> std::io::Result<Vec<u8>> {
    let file = File::open(file)?;
    let mut bytes = Vec::new();
    let len = file.metadata()?.len();
    if len <= MOST {
        file.take(MOST + 1).read_to_end(&mut bytes)?;
    }
    match len.max(bytes.len() as u64) <= MOST {
        true => Ok(bytes),
        false => Err(std::io::Error::other(format!(
            "it is larger than {MOST} bytes"
        ))),
    }
}

/// A file is no larger.
const MOST: u64 = 256 << 20;

fn fail(path: &Path, source: std::io::Error) -> Error {
    let path = path.into();
    match source.kind() {
        ErrorKind::NotFound => Error::NotFound { path },
        _ => Error::File { path, source },
    }
}

//! The working tree.

use super::tree::{Files, Kind};
use crate::error::{Error, Result};
use std::fs;
use std::io::ErrorKind;
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
        fs::read(file).map_err(|error| fail(file, error))
    }

    fn shown(&self, path: &Path) -> String {
        path.display().to_string()
    }
}

fn fail(path: &Path, source: std::io::Error) -> Error {
    let path = path.into();
    match source.kind() {
        ErrorKind::NotFound => Error::NotFound { path },
        _ => Error::File { path, source },
    }
}

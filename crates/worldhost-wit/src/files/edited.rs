//! The working tree as an editor has it, with what is not saved.

use super::disk::Disk;
use super::tree::{Files, Kind};
use crate::error::Result;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Texts of files, in place of what is on the disk.
#[derive(Clone, Debug, Default)]
pub struct Edited(BTreeMap<PathBuf, String>);

impl Edited {
    /// A file has this text now.
    pub fn set(&mut self, file: &Path, text: String) {
        self.0.insert(real(file), text);
    }

    /// A file is as it is on the disk again.
    pub fn forget(&mut self, file: &Path) {
        self.0.remove(&real(file));
    }

    /// What a file has in an editor.
    pub fn text(&self, file: &Path) -> Option<&str> {
        self.0.get(&real(file)).map(String::as_str)
    }
}

/// The path without links. The file may not be there yet, and its directory is.
fn real(file: &Path) -> PathBuf {
    let whole = || {
        let dir = file.parent()?.canonicalize().ok()?;
        Some(dir.join(file.file_name()?))
    };
    file.canonicalize()
        .ok()
        .or_else(whole)
        .unwrap_or_else(|| file.to_path_buf())
}

impl Files for Edited {
    fn kind(&self, path: &Path) -> Result<Option<Kind>> {
        match self.text(path) {
            Some(_) => Ok(Some(Kind::File)),
            None => Disk.kind(path),
        }
    }

    fn list(&self, dir: &Path) -> Result<Vec<String>> {
        let mut names = Disk.list(dir)?;
        let here = real(dir);
        let new = self.0.keys().filter(|file| file.parent() == Some(&here));
        names.extend(new.filter_map(|file| Some(file.file_name()?.to_str()?.to_string())));
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn read(&self, file: &Path) -> Result<Vec<u8>> {
        match self.text(file) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Disk.read(file),
        }
    }

    fn shown(&self, path: &Path) -> String {
        Disk.shown(path)
    }
}

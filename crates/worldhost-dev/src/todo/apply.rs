//! Doing what is on the list.

use super::edit::{Edit, edited};
use super::list::{FileAction, Todo};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use worldhost_wit::paths;

/// What was done to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Applied {
    /// It is new.
    Created(PathBuf),
    /// It was changed.
    Changed(PathBuf),
    /// It has another name: the old, and the new.
    Moved(PathBuf, PathBuf),
    /// It is gone.
    Deleted(PathBuf),
}

impl Todo {
    /// Does in the project what the list says: creates, changes, moves and deletes files.
    /// Bodies of new methods are `todo!()`, and the body of a method that has another
    /// signature stays as it was. Files that changed since the list was made make it stop
    /// before anything is written.
    ///
    /// # Errors
    ///
    /// That a file which is to be created is there, or that one cannot be read or written.
    pub fn apply(&self) -> Result<Vec<Applied>> {
        let mut texts: BTreeMap<PathBuf, String> = BTreeMap::new();
        for (path, edits) in self.by_file() {
            let before = fs::read_to_string(&path).map_err(|error| Error::file(&path, error))?;
            if edits
                .iter()
                .any(|edit| before.get(edit.from..edit.to).is_none())
            {
                return Err(Error::Changed { path });
            }
            texts.insert(path, edited(&before, &edits));
        }
        let created: Vec<(PathBuf, &str)> = self.created().collect();
        if let Some((path, _)) = created.iter().find(|(path, _)| path.exists()) {
            let path = paths::shown(path);
            return Err(Error::Exists { path });
        }
        let mut applied = Vec::new();
        for (path, text) in &texts {
            fs::write(path, text).map_err(|error| Error::file(path, error))?;
            applied.push(Applied::Changed(paths::shown(path)));
        }
        for (path, text) in created {
            if let Some(dir) = path.parent() {
                fs::create_dir_all(dir).map_err(|error| Error::file(dir, error))?;
            }
            fs::write(&path, text).map_err(|error| Error::file(&path, error))?;
            applied.push(Applied::Created(paths::shown(&path)));
        }
        for work in &self.files {
            let Some(file) = work.file.as_ref().map(|file| self.package.join(file)) else {
                continue;
            };
            match &work.action {
                FileAction::Move(from) => {
                    let from = self.package.join(from);
                    fs::rename(&from, &file).map_err(|error| Error::file(&from, error))?;
                    applied.push(Applied::Moved(paths::shown(&from), paths::shown(&file)));
                }
                FileAction::Delete => {
                    fs::remove_file(&file).map_err(|error| Error::file(&file, error))?;
                    let file = paths::shown(&file);
                    applied.retain(|one| *one != Applied::Changed(file.clone()));
                    applied.push(Applied::Deleted(file));
                }
                FileAction::Create | FileAction::Edit => {}
            }
        }
        Ok(applied)
    }

    fn by_file(&self) -> BTreeMap<PathBuf, Vec<&Edit>> {
        let mut files: BTreeMap<PathBuf, Vec<&Edit>> = BTreeMap::new();
        for edit in &self.edits {
            let path = edit.package.join(&edit.file);
            files.entry(path).or_default().push(edit);
        }
        files
    }

    fn created(&self) -> impl Iterator<Item = (PathBuf, &str)> {
        let created = self
            .files
            .iter()
            .filter(|work| work.action == FileAction::Create);
        created.filter_map(|work| {
            let file: &Path = work.file.as_deref()?;
            Some((self.package.join(file), work.paste.as_deref()?))
        })
    }
}

//! What doing lists comes to, file by file. Nothing is written.

use super::edit::{Edit, edited};
use super::list::{FileAction, Todo};
use crate::change::{FileChange, FileKind};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use worldhost_wit::paths;

impl Todo {
    /// The files that doing these lists changes, each once, with all of its text. Bodies of
    /// new methods are `todo!()`, and the body of a method that has another signature stays
    /// as it was. Methods that are in no trait any more become comments, and a file that
    /// nothing needs is moved aside.
    ///
    /// It is empty when all was done before.
    ///
    /// # Errors
    ///
    /// That a file which is to be created is there, or that one cannot be read.
    pub fn changes(todos: &[&Todo]) -> Result<Vec<FileChange>> {
        let mut changes: BTreeMap<PathBuf, FileChange> = BTreeMap::new();
        for (path, edits) in by_file(todos) {
            let before = read(&path)?;
            let fits = |edit: &&Edit| before.get(edit.from..edit.to).is_some();
            if !edits.iter().all(fits) {
                return Err(Error::Changed { path });
            }
            let after = edited(&before, &edits);
            changes.insert(path.clone(), FileChange::of(path, before, after));
        }
        for todo in todos {
            for work in &todo.files {
                let Some(file) = work.file.as_ref().map(|file| todo.package.join(file)) else {
                    continue;
                };
                match (&work.action, &work.paste) {
                    (FileAction::Create, Some(text)) => {
                        if file.exists() {
                            let path = paths::shown(&file);
                            return Err(Error::Exists { path });
                        }
                        let create = FileChange::create(file.clone(), text.clone());
                        changes.entry(file).or_insert(create);
                    }
                    (FileAction::Move(from), _) => {
                        let from = todo.package.join(from);
                        rename(&mut changes, from, file, FileKind::Move)?;
                    }
                    (FileAction::Delete, _) => {
                        let to = aside(&file);
                        rename(&mut changes, file, to, FileKind::Aside)?;
                    }
                    (FileAction::Create | FileAction::Edit, _) => {}
                }
            }
        }
        let mut changes: Vec<FileChange> = changes.into_values().collect();
        changes.retain(|one| one.from.as_ref() != Some(&one.to) || one.before != one.after);
        Ok(changes)
    }
}

/// A file with its edits gets another name. What is put aside stays as it was.
fn rename(
    changes: &mut BTreeMap<PathBuf, FileChange>,
    from: PathBuf,
    to: PathBuf,
    kind: FileKind,
) -> Result<()> {
    let mut change = match changes.remove(&from) {
        Some(change) => change,
        None => {
            let text = read(&from)?;
            FileChange::of(from.clone(), text.clone(), text)
        }
    };
    if kind == FileKind::Aside {
        change.after = change.before.clone();
    }
    changes.insert(from, change.named(to, kind));
    Ok(())
}

/// A name that nothing has yet: `host.rs.removed`, and numbers behind it.
fn aside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let numbered = (2..).map(|n| format!("{name}.removed{n}"));
    let mut names = std::iter::once(format!("{name}.removed")).chain(numbered);
    let free = names.find(|name| !file.with_file_name(name).exists());
    file.with_file_name(free.unwrap_or_default())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Error::file(path, error))
}

fn by_file<'a>(todos: &[&'a Todo]) -> BTreeMap<PathBuf, Vec<&'a Edit>> {
    let mut files: BTreeMap<PathBuf, Vec<&Edit>> = BTreeMap::new();
    for edit in todos.iter().flat_map(|todo| &todo.edits) {
        let path = edit.package.join(&edit.file);
        let edits = files.entry(path).or_default();
        // Two worlds may ask for the same.
        if todos.len() == 1 || !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    files
}

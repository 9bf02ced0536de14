//! Writing what is to be done, and saying so.

use super::tree::heading;
use crate::terminal::{Usage, failure};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use worldhost_dev::{FileChange, FileKind, Subject, Todo, Transaction, Undo};
use worldhost_wit::paths;

/// The files that were written before by the same run, each with the text that it got: so
/// long as it has it, nobody's work is in it that git does not have.
pub type Written = BTreeMap<PathBuf, String>;

/// Makes all changes, or none. What git does not have is changed only by force.
pub fn write(
    root: &Path,
    changes: &[FileChange],
    force: bool,
    before: &Written,
) -> anyhow::Result<()> {
    let own = |one: &&FileChange| {
        let from = one.from.as_ref().and_then(|from| before.get(from));
        from != Some(&one.before)
    };
    let others: Vec<FileChange> = changes.iter().filter(own).cloned().collect();
    match Undo::of(&others) {
        Undo::Dirty(files) if !force => {
            let files: Vec<String> = files.iter().map(|file| shown(file)).collect();
            return Err(Usage(format!(
                "not committed, and to be changed: {}; commit first, or say --force",
                files.join(", ")
            ))
            .into());
        }
        Undo::Nothing(said) => {
            failure::warn(format!(
                "nothing but a copy of yours can undo this ({said})"
            ));
        }
        _ => {}
    }
    Ok(Transaction::begin(root)?.commit(changes)?)
}

fn shown(path: &Path) -> String {
    paths::shown(path).display().to_string()
}

/// A line for each file.
pub fn told(changes: &[FileChange], only_check: bool) -> String {
    if changes.is_empty() {
        return "There is nothing to write.\n".into();
    }
    let lines = changes.iter().map(|one| {
        let to = shown(&one.to);
        let from = one.from.as_deref().map(shown).unwrap_or_default();
        let (will, did) = match one.kind {
            FileKind::Create => ("create ", "created"),
            FileKind::Change => ("change ", "changed"),
            FileKind::Move => ("move   ", "moved  "),
            _ => ("put aside", "put aside"),
        };
        let word = if only_check { will } else { did };
        match one.kind {
            FileKind::Create | FileKind::Change => format!("{word}  {to}\n"),
            _ => format!("{word}  {from} to {to}\n"),
        }
    });
    lines.collect()
}

/// What is left for the author.
pub fn left(subject: &Subject, todo: &Todo) -> String {
    let mut text = String::new();
    for call in &todo.calls {
        let _ = write!(text, "\n{call}");
    }
    for ty in &todo.types {
        let _ = write!(text, "\n{ty}");
    }
    match text.is_empty() {
        true => text,
        false => format!("\n{}{text}", heading(subject)),
    }
}

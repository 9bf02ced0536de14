//! Whether what is changed could be had back from git.

use super::changed::FileChange;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What could undo a change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undo {
    /// Git has every file that is touched as it is now.
    Git,
    /// These it has not: they have changes that were not committed, or it does not know
    /// them.
    Dirty(Vec<PathBuf>),
    /// Nothing: the files are in no repository that git can read. What it said.
    Nothing(String),
}

impl Undo {
    /// Asks git about every file that is there and is to be changed.
    pub fn of(changes: &[FileChange]) -> Undo {
        let mut dirty = Vec::new();
        for file in changes.iter().filter_map(|one| one.from.as_deref()) {
            match is_dirty(file) {
                Ok(true) => dirty.push(file.to_path_buf()),
                Ok(false) => {}
                Err(said) => return Undo::Nothing(said),
            }
        }
        match dirty.is_empty() {
            true => Undo::Git,
            false => Undo::Dirty(dirty),
        }
    }
}

fn is_dirty(file: &Path) -> Result<bool, String> {
    let (Some(dir), Some(name)) = (file.parent(), file.file_name()) else {
        return Ok(false);
    };
    let mut git = Command::new("git");
    git.arg("-C").arg(dir).arg("--literal-pathspecs");
    git.args([
        "status",
        "--porcelain=v1",
        "-z",
        "--no-renames",
        "--ignored",
    ]);
    git.args(["--untracked-files=all", "--"]).arg(name);
    let output = git.output().map_err(|error| format!("git: {error}"))?;
    match output.status.success() {
        true => Ok(!output.stdout.is_empty()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(said.lines().next().unwrap_or_default().to_string())
        }
    }
}

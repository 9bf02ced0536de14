//! What tells that a repository has another commit checked out.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The files that git writes to when HEAD becomes another; none outside of a repository.
pub(super) fn head(dir: &Path) -> Vec<PathBuf> {
    let mut git = Command::new("git");
    git.arg("-C")
        .arg(dir)
        .args(["rev-parse", "--absolute-git-dir"]);
    let said = git.output().ok().filter(|output| output.status.success());
    let said = said.and_then(|output| String::from_utf8(output.stdout).ok());
    let Some(found) = said else {
        return Vec::new();
    };
    let found = Path::new(found.trim_end_matches(['\r', '\n']));
    vec![found.join("HEAD"), found.join("logs").join("HEAD")]
}

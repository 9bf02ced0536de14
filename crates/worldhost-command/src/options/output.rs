//! A file that a subcommand makes.

use anyhow::Context;
use std::path::Path;
use worldhost::compile;

/// Writes a file that appears whole or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_whole(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // A device or a pipe is written to, and nothing is put in its place.
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return std::fs::write(path, bytes);
    }
    compile::write_whole(path, bytes)
}

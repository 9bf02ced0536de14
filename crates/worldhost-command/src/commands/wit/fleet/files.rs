//! The files that are looked at.

use std::fs;
use std::path::{Path, PathBuf};
use worldhost::Error;

/// A file that may be a component.
pub struct File {
    pub path: PathBuf,
    /// Whether it was named, and not found in a directory.
    pub named: bool,
}

/// What was named, and every `.wasm` file in what was named of directories. That something
/// is not there, or cannot be listed, is an error.
pub fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<File>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            collect(path, &mut files)?;
        } else if path.exists() {
            files.push(File {
                path: path.clone(),
                named: true,
            });
        } else {
            return Err(Error::NotFound { path: path.clone() }.into());
        }
    }
    Ok(files)
}

fn collect(dir: &Path, files: &mut Vec<File>) -> anyhow::Result<()> {
    let fail = |source| Error::Read {
        path: dir.into(),
        source,
    };
    let mut entries = Vec::new();
    for entry in fs::read_dir(dir).map_err(fail)? {
        entries.push(entry.map_err(fail)?);
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // A link to a directory may lead back.
        if entry.file_type().map_err(fail)?.is_dir() {
            collect(&path, files)?;
        } else if path.is_file() && path.extension().is_some_and(|e| e == "wasm") {
            files.push(File { path, named: false });
        }
    }
    Ok(())
}

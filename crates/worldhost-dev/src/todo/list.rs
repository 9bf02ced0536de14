//! The list, and what stands in it.

use super::edit::Edit;
use serde::Serialize;
use std::path::PathBuf;

/// The host's to-do list.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Todo {
    /// Implementations to write, change, move or delete.
    pub files: Vec<FileWork>,
    /// Single lines to add or remove elsewhere.
    pub lines: Vec<Line>,
    /// Functions that are called and have another signature.
    pub calls: Vec<CallWork>,
    /// Generated types that have other fields or cases.
    pub types: Vec<TypeWork>,
    /// Modules of the bindings that have other names: the old, and the new.
    pub moved: Vec<(String, String)>,
    /// What of it can be done in files that are there.
    #[serde(skip)]
    pub(crate) edits: Vec<Edit>,
    /// The directory of the package that the files are in.
    #[serde(skip)]
    pub(crate) package: PathBuf,
}

/// What to do in the file of one interface.
#[derive(Clone, Debug, Serialize)]
pub struct FileWork {
    /// Relative to the package. None when the project has no implementation, and what is
    /// to be done is for wherever it is.
    pub file: Option<PathBuf>,
    /// What to do with the file.
    pub action: FileAction,
    /// The interface in WIT, or the world for its own functions.
    pub interface: String,
    /// Where the interface is declared: file, line and column.
    pub declared: Option<String>,
    /// Methods to implement.
    pub add: Vec<Signature>,
    /// Methods with another signature: the new one, with the old beside it.
    pub change: Vec<Signature>,
    /// Methods that are in no trait any more.
    pub remove: Vec<Signature>,
    /// Rust to paste: the whole of a new file, else the methods.
    pub paste: Option<String>,
}

/// What to do with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileAction {
    /// Write it.
    Create,
    /// Change it.
    Edit,
    /// Delete it.
    Delete,
    /// Move it here from another name.
    Move(PathBuf),
}

/// A method of a trait that the host implements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// The trait.
    #[serde(rename = "trait")]
    pub of: String,
    /// The method without its body.
    pub signature: String,
    /// What it was.
    pub old: Option<String>,
}

/// A line to add to a file, or to remove from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Relative to the package.
    pub file: PathBuf,
    /// Whether the line is to be removed.
    pub remove: bool,
    /// The line.
    pub line: String,
}

/// A function that is called, and is another now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallWork {
    /// Such as `Plugin::call_process`.
    pub function: String,
    /// What it was, if it was there.
    pub old: Option<String>,
    /// What it is, if it is there.
    pub new: Option<String>,
    /// Where the project calls it: file and line.
    pub places: Vec<String>,
}

/// A generated type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TypeWork {
    /// With its module.
    pub name: String,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
}

impl Todo {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
            && self.lines.is_empty()
            && self.calls.is_empty()
            && self.types.is_empty()
            && self.moved.is_empty()
    }
}

impl Line {
    pub(super) fn new(file: impl Into<PathBuf>, remove: bool, line: impl Into<String>) -> Self {
        Line {
            file: file.into(),
            remove,
            line: line.into(),
        }
    }
}

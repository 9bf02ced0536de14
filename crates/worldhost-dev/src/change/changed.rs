//! One file as it is, and as it is to be.

use std::path::PathBuf;

/// What is to become of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileChange {
    /// Where the file is; none for one that is new.
    pub from: Option<PathBuf>,
    /// Where it is to be.
    pub to: PathBuf,
    /// Its text.
    pub before: String,
    /// The text that it is to have.
    pub after: String,
    /// What is done with it.
    pub kind: FileKind,
}

/// What is done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// It is new.
    Create,
    /// It gets another text.
    Change,
    /// It gets another name.
    Move,
    /// Nothing needs it any more. It is kept, under a name that no compiler reads.
    Aside,
}

impl FileChange {
    /// A new file.
    pub(crate) fn create(to: PathBuf, after: String) -> FileChange {
        FileChange {
            from: None,
            to,
            before: String::new(),
            after,
            kind: FileKind::Create,
        }
    }

    /// A file that is there.
    pub(crate) fn of(from: PathBuf, before: String, after: String) -> FileChange {
        FileChange {
            to: from.clone(),
            from: Some(from),
            before,
            after,
            kind: FileKind::Change,
        }
    }

    /// The same under another name.
    pub(crate) fn named(self, to: PathBuf, kind: FileKind) -> FileChange {
        FileChange { to, kind, ..self }
    }
}

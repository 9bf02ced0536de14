//! Changes of a project's files: shown before they are made, and made all together or
//! not at all.

mod changed;
mod git;
mod journal;
mod patch;
mod transaction;

pub use changed::{FileChange, FileKind};
pub use git::Undo;
pub use transaction::{Recovered, Transaction};

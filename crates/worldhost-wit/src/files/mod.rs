//! Files of the working tree, or of a git revision: what is read is the same, and so is
//! who reads it.

mod disk;
mod edited;
mod git;
mod objects;
mod tree;

pub(crate) use disk::Disk;
pub use edited::Edited;
pub(crate) use git::Git;
pub(crate) use tree::{Files, Kind};

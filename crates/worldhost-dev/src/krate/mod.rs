//! The Rust of a project as far as names go: which module a path leads to.

mod code;
mod file;
mod names;
mod uses;

pub(crate) use code::{Code, Spot};
pub(crate) use file::{File, offset};
pub(crate) use names::Names;
pub(crate) use uses::flatten;

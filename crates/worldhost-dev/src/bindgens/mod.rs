//! The `bindgen!`s of a project, read from its Rust source, so that what is said about
//! the bindings holds for the bindings it has.

mod bindgen;
mod find;
mod named;
mod older;
mod options;
mod parse;
mod scan;

pub use bindgen::{Bindgen, Place};
pub(crate) use find::then;
pub use find::{Found, Unread, find};
pub use options::Options;
pub(crate) use parse::Mark;

//! The options of a project's `bindgen!`, read from its Rust source, so that what is
//! said about the bindings holds for the bindings it has.

mod find;
mod invocation;
mod parse;

pub use invocation::{Options, Place};

//! The world and the command that the tests of the crates run on. Nobody who makes the
//! project at the root their own has to touch it.
//!
//! It is laid out as a project is: `wit/` and its bindings, the imports, and what
//! `process` calls.

pub mod bindings;
pub mod imports;
pub mod plugin;

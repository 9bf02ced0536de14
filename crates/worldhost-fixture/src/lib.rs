//! The world and the command that the tests of the crates run on. Nobody who makes the
//! project at the root their own has to touch it.
//!
//! It is laid out as a project is: `wit/` and its bindings, the imports, and what
//! `process` calls.

pub mod bindings;
pub mod imports;
pub mod plugin;

use imports::Imports;
use worldhost::{Config, Result, Runtime};

/// All that the command does. It is of this library, so that it is compiled once, and not with
/// each test.
pub fn main() -> ! {
    worldhost_command::main::<plugin::Fixture>()
}

/// A runtime with the imports of the tests' own world, as `config` has it. What it takes of
/// Wasmtime is compiled here, too.
///
/// # Errors
///
/// Those of [`Runtime::with_config`].
pub fn runtime(config: &Config) -> Result<Runtime<Imports>> {
    Runtime::with_config(config, imports::add_to_linker)
}

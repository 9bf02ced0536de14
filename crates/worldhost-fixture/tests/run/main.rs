//! Components that are run, by the command and by the library.

mod bad_input;
#[cfg(unix)]
mod cache;
#[cfg(unix)]
mod cold;
mod commands;
mod engines;
mod exits;
mod library;
#[cfg(unix)]
mod observed;
mod options;
#[cfg(unix)]
mod pipes;
mod process;
#[path = "../support/mod.rs"]
mod support;

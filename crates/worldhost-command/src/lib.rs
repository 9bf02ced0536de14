//! The worldhost command line, for a project of one's own.
//!
//! A project says in a [`Project`] what its world is, what the host offers to it and
//! which export `process` calls. Its `main` hands over, and never comes back:
//!
//! ```no_run
//! use wasmtime::component::{HasSelf, Linker};
//! use worldhost::State;
//! use worldhost_command::Project;
//!
//! mod bindings {
//!     wasmtime::component::bindgen!({
//!         inline: "
//!             package example:greeter;
//!             interface names { name: func() -> string; }
//!             world greeter {
//!                 import names;
//!                 export greet: func(greeting: string) -> string;
//!             }
//!         ",
//!         imports: { default: async | trappable },
//!         exports: { default: async },
//!     });
//! }
//! use bindings::example::greeter::names;
//! use bindings::{Greeter, GreeterPre};
//!
//! #[derive(Default)]
//! struct Imports {}
//!
//! impl names::Host for State<Imports> {
//!     async fn name(&mut self) -> wasmtime::Result<String> {
//!         Ok("Ada".into())
//!     }
//! }
//!
//! enum Greeting {}
//!
//! worldhost::guest!(Greeter, GreeterPre);
//!
//! impl Project for Greeting {
//!     type Data = Imports;
//!     type Guest = Greeter;
//!
//!     const WORLD: &'static str = "greeter";
//!     const WIT: &'static [(&'static str, &'static str)] =
//!         &[("wit/world.wit", "package example:greeter; /* as above */")];
//!     const EXPORT: &'static str = "greet";
//!
//!     fn add_to_linker(linker: &mut Linker<State<Imports>>) -> wasmtime::Result<()> {
//!         names::add_to_linker::<_, HasSelf<_>>(linker, |state| state)
//!     }
//!
//!     async fn call(
//!         greeter: &Greeter,
//!         store: &mut wasmtime::Store<State<Imports>>,
//!         input: &str,
//!     ) -> wasmtime::Result<String> {
//!         greeter.call_greet(store, input).await
//!     }
//! }
//!
//! fn main() {
//!     worldhost_command::main::<Greeting>()
//! }
//! ```
//!
//! - [`Project`]: what the command is told, and [`Overlapping`] for one that is `async`;
//! - [`main`]: all that the command does;
//! - [`policy_is_valid`]: for a test of the policies that are kept beside a project.

#![deny(missing_docs)]

mod cli;
mod commands;
mod executor;
mod observe;
mod options;
mod project;
mod service;
mod terminal;

pub use project::{Overlapping, Project};

use cli::Cli;
use project::Names;
use std::io::Write;
use std::path::Path;
use terminal::{failure, panics, said};
use worldhost::Outlet;

/// Does what the command line asks for, prints the error if there is one, and ends
/// the process with the exit code that is due.
pub fn main<P: Project>() -> ! {
    if let Some(code) = options::apart::serve_if_asked() {
        std::process::exit(code);
    }
    panics::abort_as_failure();
    let cli = Cli::read::<P>().unwrap_or_else(|error| options::guest::advised(error).exit());
    let verbose = cli.verbose;
    let code = match panics::caught(|| cli.run::<P>()) {
        Some(Ok(code)) => code,
        Some(Err(error)) => {
            failure::print(&error, Names::of::<P>(), verbose);
            failure::code(&error)
        }
        None => failure::HOST,
    };
    // Not by returning: a thread that still waits for stdin must not hold us up.
    let _ = std::io::stdout().flush();
    for outlet in [Outlet::Stdout, Outlet::Stderr] {
        let _ = outlet.flush_blocking(said::PATIENCE);
    }
    std::process::exit(code)
}

/// That a file is a policy, which `--policy` takes: what `worldhost policy check` says.
///
/// # Errors
///
/// Where in the file something is wrong, and what; or why it cannot be read.
pub fn policy_is_valid(file: &Path) -> anyhow::Result<()> {
    Ok(worldhost_policy::Policy::read(file).map(drop)?)
}

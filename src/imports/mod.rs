//! What this host offers to components: one file for each interface in `wit/`,
//! under the same name, holding that interface's `Host` implementation.

mod host;

use crate::State;
use crate::bindings::worldhost::plugin as wit;
use wasmtime::component::{HasSelf, Linker};

pub use host::Log;

/// What the host functions of this project's own interfaces work on.
///
/// It is the `T` of [`State<T>`](crate::State): every instance has its own.
#[derive(Clone, Debug, Default)]
pub struct Imports {
    /// Where `host.log` writes.
    pub log: Log,
}

/// Adds every interface of `wit/` that this project implements to `linker`.
///
/// WASI is not among them: [`Runtime`](crate::Runtime) links it first.
///
/// # Errors
///
/// When an interface of the same name is in the linker already.
pub fn add_to_linker(linker: &mut Linker<State<Imports>>) -> wasmtime::Result<()> {
    wit::host::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    Ok(())
}

//! What this host offers to components: one file for each interface in `wit/`,
//! under the same name, holding that interface's `Host` implementation.

pub mod host;

use wasmtime::component::{HasSelf, Linker};
use worldhost::State;

/// What the host functions of this project's own interfaces work on, as
/// `self.data_mut()`: every instance has its own.
#[derive(Default)]
pub struct Imports {}

/// Adds every interface of `wit/` that this project implements to `linker`.
///
/// WASI is not among them: worldhost links it first.
///
/// # Errors
///
/// When an interface of the same name is in the linker already.
pub fn add_to_linker(linker: &mut Linker<State<Imports>>) -> wasmtime::Result<()> {
    crate::bindings::worldhost::plugin::host::add_to_linker::<_, HasSelf<_>>(linker, |state| {
        state
    })?;
    Ok(())
}

//! Machine code, from a compiler to memory.

use super::refusal;
use crate::cache::artifact;
use crate::engine::compiler::Compiler;
use crate::error::{Error, Result};
use std::fs::File;
use wasmtime::Engine;
use wasmtime::component::Component as Compiled;

/// The machine code of a component, as an ELF image. Where Winch refuses it, whether that
/// is its own fault is not looked into: Cranelift tells.
pub(super) fn compile(
    engine: &Engine,
    compiler: Compiler,
    name: &str,
    bytes: &[u8],
) -> Result<Vec<u8>> {
    engine.precompile_component(bytes).map_err(|error| {
        let message = error.root_cause().to_string();
        match compiler {
            Compiler::Winch => Error::Refused {
                name: name.to_string(),
                message,
            },
            _ => refusal::of(engine, name, bytes, &message),
        }
    })
}

/// Maps an artifact that the cache opened. Where the file system does not let code
/// be mapped (`noexec`), the code is read into memory.
pub(super) fn map(engine: &Engine, file: &File) -> wasmtime::Result<Compiled> {
    // SAFETY: nobody but this user can have written the file, or will: the cache
    // asked that of this open file. It has the length that was written and the key
    // of this engine; Wasmtime compares version and settings.
    unsafe {
        match Compiled::deserialize_file(engine, open_path(file)) {
            Ok(compiled) => Ok(compiled),
            Err(error) => match artifact::read(file) {
                Ok(image) => Compiled::deserialize(engine, image),
                Err(_) => Err(error),
            },
        }
    }
}

/// Takes an image that [`compile`] gave for an engine with the same settings.
pub(super) fn take(engine: &Engine, image: &[u8]) -> wasmtime::Result<Compiled> {
    // SAFETY: an engine made the image a moment ago.
    unsafe { Compiled::deserialize(engine, image) }
}

/// A path to the file that is open, and to no other.
#[cfg(unix)]
fn open_path(file: &File) -> std::path::PathBuf {
    use std::os::fd::AsRawFd;
    format!("/dev/fd/{}", file.as_raw_fd()).into()
}

/// Without Unix there is no cache to open a file from.
#[cfg(not(unix))]
fn open_path(_: &File) -> std::path::PathBuf {
    std::path::PathBuf::new()
}

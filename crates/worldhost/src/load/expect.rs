//! What a file is that is no component.

use crate::error::{Error, Result};
use crate::wording;
use wasmtime::Engine;

/// That the bytes begin like a component. The rest is told what it is.
///
/// # Errors
///
/// [`Error::NotWasm`], [`Error::CoreModule`], or [`Error::Compiled`] by what they are.
pub fn expect_component(name: &str, bytes: &[u8]) -> Result<()> {
    if wasmparser::Parser::is_component(bytes) {
        return Ok(());
    }
    if wasmparser::Parser::is_core_wasm(bytes) {
        return Err(Error::CoreModule {
            name: name.to_string(),
            preview1: imports_preview1(bytes),
        });
    }
    if Engine::detect_precompiled(bytes).is_some() {
        return Err(Error::Compiled {
            name: name.to_string(),
        });
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]).into_owned();
    let found = match start.trim_start() {
        "" => "it is empty".to_string(),
        text if text.starts_with("(component") || text.starts_with("(module") => {
            "it is WebAssembly text".to_string()
        }
        _ if bytes.starts_with(b"\0asm") => "it is cut off, or of an unknown version".to_string(),
        _ => match std::str::from_utf8(bytes) {
            Ok(_) => "it is plain text".to_string(),
            Err(_) => "it does not begin with `\\0asm`".to_string(),
        },
    };
    Err(Error::NotWasm {
        name: name.to_string(),
        found,
    })
}

/// What the validator or the compiler said, and what it most likely means.
pub(crate) fn why_invalid(error: &wasmtime::Error) -> String {
    let cause = error.root_cause().to_string();
    if wording::is_cut_off(&cause) {
        format!("the file is cut off: {cause}")
    } else {
        cause
    }
}

fn imports_preview1(bytes: &[u8]) -> bool {
    wasmparser::Parser::new(0)
        .parse_all(bytes)
        .map_while(|payload| payload.ok())
        .filter_map(|payload| match payload {
            wasmparser::Payload::ImportSection(imports) => Some(imports),
            _ => None,
        })
        .flat_map(|imports| imports.into_imports())
        .any(|import| import.is_ok_and(|import| import.module == "wasi_snapshot_preview1"))
}

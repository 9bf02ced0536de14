//! Makes components of core modules: those of WASI preview 1, by the adapter that is
//! published with Wasmtime, and those that carry the component type of their own world.
//!
//! ```no_run
//! # async fn example(runtime: worldhost::Runtime<()>) -> worldhost::Result<()> {
//! use worldhost::Source;
//!
//! let source = Source::open_adapted("tool.wasm", worldhost_adapt::ADAPTER)?;
//! let component = runtime.load_source(&source).await?;
//! # Ok(())
//! # }
//! ```

mod abi;
mod exit_code;
mod module;

use module::Module;
use wasi_preview1_component_adapter_provider as provider;
use wasmparser::Parser;
use wit_component::ComponentEncoder;
use worldhost::{Adapter, Error, Result};

/// For [`Source::open_adapted`](worldhost::Source::open_adapted): components are left as
/// they are, and so is what is no module. What it makes is for this host: a command's
/// exit code is kept, by a function that WASI 0.2 calls unstable.
pub const ADAPTER: Adapter = Adapter {
    id: concat!("worldhost-adapt-", env!("CARGO_PKG_VERSION")),
    adapt: |name, bytes| made(name, bytes, exit_code::kept),
};

/// The component of a core module, for any host: it imports nothing unstable. None if the bytes are no core module, or one of no
/// system at all, whose exports have no types that a component could have.
///
/// # Errors
///
/// [`Error::Adapt`] when the module is of another system than WASI preview 1, and when no
/// component can be made of it.
pub fn componentize(name: &str, bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    made(name, bytes, |_| Ok(None))
}

/// The component of a module, or of what `prepare` makes of it before.
fn made(
    name: &str,
    bytes: &[u8],
    prepare: fn(&[u8]) -> anyhow::Result<Option<Vec<u8>>>,
) -> Result<Option<Vec<u8>>> {
    if !Parser::is_core_wasm(bytes) {
        return Ok(None);
    }
    let failed = |message| Error::Adapt {
        name: name.to_string(),
        message,
    };
    let module =
        Module::read(bytes).map_err(|error| failed(format!("the module is broken: {error}")))?;
    if let Some(foreign) = abi::foreign(&module) {
        return Err(failed(foreign));
    }
    if !module.has_type && !module.is_of_preview1() {
        return Ok(None);
    }
    if !module.has_type && !module.is_command() {
        return Err(failed(
            "it is a library of WASI preview 1: it has no `_start`, and its functions have no \
             component type"
                .to_string(),
        ));
    }
    if module.is_of_preview1() && !module.has_memory() {
        return Err(failed(
            "it exports no `memory`, which the adapter of WASI preview 1 works on".to_string(),
        ));
    }
    let prepared = match module.is_of_preview1() {
        true => prepare(bytes),
        false => Ok(None),
    };
    let encoded = prepared.and_then(|prepared| {
        let bytes = prepared.as_deref().unwrap_or(bytes);
        encode(&module, bytes)
    });
    encoded
        .map(Some)
        .map_err(|error| failed(format!("{error:#}")))
}

fn encode(module: &Module, bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let adapter = match module.is_command() {
        true => provider::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
        false => provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
    };
    let mut encoder = ComponentEncoder::default().module(bytes)?;
    if module.is_of_preview1() {
        encoder = encoder.adapter(module::PREVIEW1, adapter)?;
    }
    encoder.encode()
}

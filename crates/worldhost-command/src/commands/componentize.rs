//! `worldhost componentize`.

use crate::options::loading::Loading;
use crate::options::output;
use crate::terminal::{Usage, overtime};
use clap::Args;
use std::path::PathBuf;
use worldhost::Source;

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost componentize tool.core.wasm -o tool.wasm
  worldhost run tool.core.wasm     # does it in memory

A module that carries a component type, as wit-bindgen and `wasm-tools component
embed` write it, becomes a component of that world. One with `_start` becomes a
command: it exports wasi:cli/run. WASI preview 1 is adapted as by `wasm-tools
component new --adapt`, with the adapter of this Wasmtime. It knows but success and
failure: any other exit code than 0 becomes 1. `worldhost run` on the module itself
keeps the code, by a function that is unstable in WASI 0.2.")]
pub struct Componentize {
    /// The core module, a .wasm file.
    module: PathBuf,

    /// Where the component goes [default: the module's name, with .component.wasm].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    loading: Loading,
}

impl Componentize {
    pub fn execute(self) -> anyhow::Result<i32> {
        let source = Source::open(&self.module)?;
        let limits = self.loading.limits();
        let (name, bytes) = (source.name(), source.bytes_within(&limits)?);
        let made = || worldhost_adapt::componentize(name, bytes);
        let Some(component) = overtime::within(name, &limits, made)? else {
            worldhost::expect_component(name, bytes)?;
            return Err(Usage(format!("{name} is a component already")).into());
        };
        let output = self.output.unwrap_or_else(|| {
            let core = self.module.with_extension("");
            core.with_extension("component.wasm")
        });
        output::write(&output, &component)?;
        Ok(0)
    }
}

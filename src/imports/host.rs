//! `worldhost:plugin/host`, declared in `wit/host.wit`.

use super::Imports;
use crate::bindings::worldhost::plugin::host::Host;
use std::io::Write;
use worldhost::{State, printable};

impl Host for State<Imports> {
    /// To this process's stderr, each line marked `[log]`.
    async fn log(&mut self, msg: String) -> wasmtime::Result<()> {
        // In one go, and no second line of the guest's making. That nobody reads it is
        // no reason to stop.
        let line = format!("[log] {}\n", printable(&msg));
        let _ = std::io::stderr().write_all(line.as_bytes());
        Ok(())
    }

    async fn compute(&mut self, x: i32) -> wasmtime::Result<Result<i32, String>> {
        let doubled = x.checked_mul(2);
        Ok(doubled.ok_or_else(|| format!("2 * {x} does not fit an s32")))
    }
}

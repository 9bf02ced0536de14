//! `worldhost:plugin/host`, declared in `wit/host.wit`.

use super::Imports;
use crate::bindings::worldhost::plugin::host::Host;
use worldhost::State;

impl Host for State<Imports> {
    /// To this process's stderr, each line marked `[log]`; a long one is cut off.
    async fn log(&mut self, msg: String) -> wasmtime::Result<()> {
        self.say("[log]", &msg).await
    }

    async fn compute(&mut self, x: i32) -> wasmtime::Result<Result<i32, String>> {
        let doubled = x.checked_mul(2);
        Ok(doubled.ok_or_else(|| format!("2 * {x} does not fit an s32")))
    }
}

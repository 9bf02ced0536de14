//! `worldhost:plugin/host`, declared in `wit/host.wit`.

use super::Imports;
use super::log::Log;
use crate::bindings::worldhost::plugin::host::Host;
use worldhost::State;

impl Host for State<Imports> {
    async fn log(&mut self, msg: String) -> wasmtime::Result<()> {
        match &self.data().log {
            Log::Stderr => self.say("[log]", &msg).await?,
            Log::Null => {}
            Log::Captured(lines) => lines.lock().unwrap().push(msg),
        }
        Ok(())
    }

    async fn compute(&mut self, x: i32) -> wasmtime::Result<Result<i32, String>> {
        let doubled = x.checked_mul(2);
        Ok(doubled.ok_or_else(|| format!("2 * {x} does not fit an s32")))
    }
}

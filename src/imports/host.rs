//! `worldhost:plugin/host`, declared in `wit/host.wit`.

use super::Imports;
use crate::bindings::worldhost::plugin::host::Host;
use crate::{State, printable};
use std::io::Write;
use std::sync::{Arc, Mutex};

impl Host for State<Imports> {
    async fn log(&mut self, msg: String) -> wasmtime::Result<()> {
        self.data().log.write(&msg);
        Ok(())
    }

    async fn compute(&mut self, x: i32) -> wasmtime::Result<Result<i32, String>> {
        let doubled = x.checked_mul(2);
        Ok(doubled.ok_or_else(|| format!("2 * {x} does not fit an s32")))
    }
}

/// Where the lines that a component logs go.
#[derive(Clone, Debug, Default)]
pub enum Log {
    /// To this process's stderr, each line marked `[log]`.
    #[default]
    Stderr,
    /// Nowhere.
    Null,
    /// Into a list that the embedder keeps a handle to.
    Captured(Arc<Mutex<Vec<String>>>),
}

impl Log {
    fn write(&self, msg: &str) {
        match self {
            Log::Stderr => {
                // In one go, and no second line of the guest's making. That nobody reads
                // it is no reason to stop.
                let line = format!("[log] {}\n", printable(msg));
                let _ = std::io::stderr().write_all(line.as_bytes());
            }
            Log::Null => {}
            Log::Captured(lines) => lines.lock().unwrap().push(msg.to_string()),
        }
    }
}

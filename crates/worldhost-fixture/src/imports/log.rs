//! Where the lines that components log go.

use std::io::Write;
use std::sync::{Arc, Mutex};
use worldhost::printable;

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
    pub(super) fn write(&self, msg: &str) {
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

//! `worldhost:plugin/host`, declared in `wit/host.wit`.

use super::Imports;
use crate::State;
use crate::bindings::worldhost::plugin::host::Host;
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
                // In one go, and that nobody reads it is no reason to stop.
                let line = format!("[log] {}\n", printable(msg));
                let _ = std::io::stderr().write_all(line.as_bytes());
            }
            Log::Null => {}
            Log::Captured(lines) => lines.lock().unwrap().push(msg.to_string()),
        }
    }
}

/// A guest's message may not move the cursor or forge a second log line.
fn printable(msg: &str) -> String {
    let mut text = String::with_capacity(msg.len());
    for c in msg.chars() {
        match c {
            c if c.is_control() && c != '\t' => text.extend(c.escape_default()),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("a\tb\n\x1b[2J é"), "a\tb\\n\\u{1b}[2J é");
    }
}

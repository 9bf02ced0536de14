//! What components print, each line under the name of the one that printed it.

use serde_json::json;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::task::JoinHandle;
use worldhost::{Outlet, printable};

/// How the lines of a component are shown.
#[derive(Clone)]
pub struct Relay {
    name: Arc<str>,
    /// As wide as the longest name.
    width: usize,
    json: bool,
}

/// A longer line is shown in pieces.
const LONGEST: u64 = 64 << 10;

impl Relay {
    pub fn new(name: &str, width: usize, json: bool) -> Self {
        Relay {
            name: name.into(),
            width,
            json,
        }
    }

    /// Shows what is read, to its end.
    pub fn pass(
        &self,
        from: impl AsyncRead + Send + Unpin + 'static,
        to: Outlet,
    ) -> JoinHandle<()> {
        let relay = self.clone();
        tokio::spawn(async move {
            let mut from = BufReader::new(from);
            let mut line = Vec::new();
            loop {
                line.clear();
                let read = (&mut from).take(LONGEST).read_until(b'\n', &mut line).await;
                if read.is_err() || line.is_empty() {
                    return;
                }
                let text = String::from_utf8_lossy(&line);
                let shown = relay.shown(text.trim_end_matches(['\n', '\r']), to);
                // Whoever prints waits then; nobody reads any more, and all goes on.
                let _ = to.write(shown).await;
            }
        })
    }

    fn shown(&self, line: &str, to: Outlet) -> String {
        let Relay { name, width, json } = self;
        match (json, to) {
            (false, _) => format!("{name:width$} | {}\n", printable(line)),
            (true, Outlet::Stdout) => match line.strip_prefix('{') {
                // A line of its log.
                Some(rest) if rest.starts_with('"') => {
                    format!("{{\"component\":\"{name}\",{rest}\n")
                }
                _ => format!("{}\n", json!({"component": &**name, "stdout": line})),
            },
            (true, _) => format!("{}\n", json!({"component": &**name, "stderr": line})),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_name_of_who_printed_it() {
        let text = Relay::new("a", 3, false);
        assert_eq!(
            text.shown("x\u{1b}[2J", Outlet::Stderr),
            "a   | x\\u{1b}[2J\n"
        );
        let json = Relay::new("a", 3, true);
        let of =
            |line, to| serde_json::from_str::<serde_json::Value>(&json.shown(line, to)).unwrap();
        assert_eq!(
            of("{\"b\":1}", Outlet::Stdout),
            json!({"component": "a", "b": 1})
        );
        assert_eq!(
            of("{}", Outlet::Stdout),
            json!({"component": "a", "stdout": "{}"})
        );
        assert_eq!(
            of("\"x", Outlet::Stderr),
            json!({"component": "a", "stderr": "\"x"})
        );
    }
}

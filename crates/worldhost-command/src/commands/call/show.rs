//! What comes of a call, as it is to be printed.

use crate::terminal::json;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use worldhost::printable_lines;
use worldhost_call::{Answer, Part, Syntax};

/// What was printed of one call.
pub struct Shown {
    syntax: Syntax,
    /// The name of the result, if that is itself a stream or future: what comes by it is
    /// printed without a name.
    whole: Option<String>,
    is_terminal: bool,
    /// The beginning of a character, whose rest is still to come, for each stream of bytes.
    cut: BTreeMap<String, Vec<u8>>,
}

impl Shown {
    pub fn new(answer: &Answer, syntax: Syntax) -> Self {
        Shown {
            syntax,
            whole: answer.to_wave().filter(|_| answer.is_flow()),
            is_terminal: std::io::stdout().is_terminal(),
            cut: BTreeMap::new(),
        }
    }

    /// The result on a line, unless it is itself a stream or future.
    pub fn answer(&self, answer: &Answer) -> anyhow::Result<Vec<u8>> {
        if self.whole.is_some() {
            return Ok(Vec::new());
        }
        let line = match self.syntax {
            Syntax::Json => json::line(&answer.to_json())?,
            Syntax::Wave => answer.to_wave().map_or(String::new(), |text| text + "\n"),
        };
        Ok(line.into_bytes())
    }

    /// What came by a stream or future: of bytes, the bytes; else a line.
    pub fn part(&mut self, part: Part) -> anyhow::Result<Vec<u8>> {
        match part {
            Part::Bytes { of, bytes } if self.is_whole(&of) && !self.is_terminal => Ok(bytes),
            Part::Bytes { of, bytes } => {
                let mut all = self.cut.remove(&of).unwrap_or_default();
                all.extend(bytes);
                let cut = all.split_off(all.len() - unfinished(&all));
                if !cut.is_empty() {
                    self.cut.insert(of.clone(), cut);
                }
                self.bytes(of, all)
            }
            part => self.line(&part),
        }
    }

    /// What is left when there is no more to come.
    pub fn end(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut rest = Vec::new();
        for (of, cut) in std::mem::take(&mut self.cut) {
            rest.extend(self.bytes(of, cut)?);
        }
        Ok(rest)
    }

    fn bytes(&self, of: String, bytes: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        if bytes.is_empty() {
            return Ok(bytes);
        }
        if self.is_whole(&of) {
            let text = String::from_utf8_lossy(&bytes);
            return Ok(printable_lines(&text).into_owned().into_bytes());
        }
        self.line(&Part::Bytes { of, bytes })
    }

    fn is_whole(&self, of: &str) -> bool {
        self.whole.as_deref() == Some(of)
    }

    fn line(&self, part: &Part) -> anyhow::Result<Vec<u8>> {
        let line = match (self.syntax, self.is_whole(part.of())) {
            (Syntax::Json, true) => json::line(&part.to_json())?,
            (Syntax::Json, false) => json::line(&json!({ part.of(): part.to_json() }))?,
            (Syntax::Wave, true) => part.to_wave() + "\n",
            (Syntax::Wave, false) => format!("{}: {}\n", part.of(), part.to_wave()),
        };
        Ok(line.into_bytes())
    }
}

/// So many bytes at the end are the beginning of a character.
fn unfinished(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(3);
    let mut last = last.enumerate();
    let start = last.find(|(_, byte)| **byte & 0xc0 != 0x80);
    match start {
        Some((after, 0xc0..=0xdf)) if after < 1 => after + 1,
        Some((after, 0xe0..=0xef)) if after < 2 => after + 1,
        Some((after, 0xf0..=0xf7)) if after < 3 => after + 1,
        _ => 0,
    }
}

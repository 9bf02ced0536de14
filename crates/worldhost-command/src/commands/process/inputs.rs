//! The inputs of `process`: arguments, and lines as they come.

use crate::options::guest::not_utf8;
use crate::terminal::Usage;
use anyhow::Context;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Stdin};

/// One input, or why it is none.
pub struct Input {
    pub place: Place,
    pub text: anyhow::Result<String>,
}

/// `line 3`, `input 1`.
#[derive(Clone, Copy)]
pub struct Place {
    pub kind: &'static str,
    pub number: u64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.number)
    }
}

pub struct Inputs {
    arguments: VecDeque<OsString>,
    taken: u64,
    stdin: Option<Lines>,
}

struct Lines {
    from: BufReader<Stdin>,
    taken: u64,
}

/// The longest line that is read, so that memory stays bounded.
const MAX_LINE: u64 = 64 << 20;

impl Inputs {
    pub fn new(arguments: &[OsString]) -> Self {
        let mut arguments = VecDeque::from(arguments.to_vec());
        if arguments.is_empty() {
            arguments.push_back("-".into());
        }
        Inputs {
            arguments,
            taken: 0,
            stdin: None,
        }
    }

    pub fn next(&mut self) -> anyhow::Result<Option<Input>> {
        loop {
            if let Some(lines) = &mut self.stdin {
                match lines.next()? {
                    Some(line) => return Ok(Some(line)),
                    None => self.stdin = None,
                }
            }
            let Some(argument) = self.arguments.pop_front() else {
                return Ok(None);
            };
            self.taken += 1;
            if argument == "-" {
                self.stdin = Some(Lines {
                    from: BufReader::with_capacity(64 << 10, io::stdin()),
                    taken: 0,
                });
                continue;
            }
            let place = Place {
                kind: "input",
                number: self.taken,
            };
            let text = argument.into_string().map_err(|_| not_utf8().into());
            return Ok(Some(Input { place, text }));
        }
    }

    /// Whether the next input is here already, and need not be waited for.
    pub fn ready(&self) -> bool {
        match &self.stdin {
            Some(lines) => lines.from.buffer().contains(&b'\n'),
            None => self.arguments.front().is_some_and(|next| next != "-"),
        }
    }
}

impl Lines {
    fn next(&mut self) -> anyhow::Result<Option<Input>> {
        let mut line = Vec::new();
        (&mut self.from)
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut line)
            .context("cannot read stdin")?;
        if line.is_empty() {
            return Ok(None);
        }
        self.taken += 1;
        let place = Place {
            kind: "line",
            number: self.taken,
        };
        let text = text(line);
        Ok(Some(Input { place, text }))
    }
}

/// A line without its end, if it is text and not too long.
fn text(mut line: Vec<u8>) -> anyhow::Result<String> {
    if line.len() as u64 > MAX_LINE {
        anyhow::bail!(Usage(format!(
            "is longer than {} MiB; split it",
            MAX_LINE >> 20
        )));
    }
    line.pop_if(|last| *last == b'\n');
    line.pop_if(|last| *last == b'\r');
    String::from_utf8(line).map_err(|_| not_utf8().into())
}

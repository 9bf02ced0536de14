//! What a stream or future is given: by the text of a call, or by a file line by line.

use super::adapter::Chunk;
use crate::error::{Error, Result};
use std::io;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use wasmtime::component::Val;
use wasmtime::component::types::Type;

/// What the text of a call says that a stream or future is given.
pub(crate) enum Supply {
    /// What is in a file, or another place that whoever makes the call knows.
    Named(String),
    Bytes(Vec<u8>),
    Items(Vec<Val>),
    Count(u32),
}

impl Supply {
    /// The items; bytes are not kept as values.
    pub fn items(items: Vec<Val>, item: &Type) -> Self {
        if *item != Type::U8 {
            return Supply::Items(items);
        }
        let bytes = items.into_iter().map(|value| match value {
            Val::U8(byte) => byte,
            _ => 0,
        });
        Supply::Bytes(bytes.collect())
    }
}

/// Where the bytes of a [`Supply::Named`] come from.
pub(crate) type Input = Box<dyn AsyncRead + Send + Unpin>;

/// Reads one line as an item.
pub(crate) type Parse = Box<dyn Fn(&str) -> Result<Val, String> + Send>;

/// What is left to give.
pub(crate) enum Left {
    Bytes(io::Cursor<Vec<u8>>),
    Items(std::vec::IntoIter<Val>),
    Count(u32),
    Raw { name: String, from: Input },
    Lines(Lines),
}

pub(crate) struct Lines {
    name: String,
    from: BufReader<Input>,
    parse: Parse,
    /// What of the line is here.
    line: Vec<u8>,
    number: u64,
}

/// So many bytes and items are given at once.
const CHUNK: usize = 64 << 10;
const ITEMS: usize = 256;
/// The longest line that is read, so that memory stays bounded.
const MAX_LINE: usize = 64 << 20;

impl Left {
    pub fn lines(name: String, from: Input, parse: Parse) -> Self {
        Left::Lines(Lines {
            name,
            from: BufReader::with_capacity(CHUNK, from),
            parse,
            line: Vec::new(),
            number: 0,
        })
    }

    /// The next to give; none when there is no more. May be dropped half-way: nothing is
    /// lost by it.
    pub async fn next(&mut self) -> Result<Option<Chunk>> {
        match self {
            Left::Bytes(bytes) => {
                let mut chunk = vec![0; CHUNK];
                let len = io::Read::read(bytes, &mut chunk).unwrap_or_default();
                chunk.truncate(len);
                Ok((len > 0).then_some(Chunk::Bytes(chunk)))
            }
            Left::Items(items) => {
                let chunk: Vec<Val> = items.take(ITEMS).collect();
                Ok((!chunk.is_empty()).then_some(Chunk::Items(chunk)))
            }
            Left::Count(count) => {
                let chunk = std::mem::take(count);
                Ok((chunk > 0).then_some(Chunk::Count(chunk)))
            }
            Left::Raw { name, from } => {
                let mut bytes = Vec::with_capacity(CHUNK);
                let read = from.read_buf(&mut bytes).await;
                read.map_err(|error| unreadable(name, error))?;
                Ok((!bytes.is_empty()).then_some(Chunk::Bytes(bytes)))
            }
            Left::Lines(lines) => lines.next().await,
        }
    }
}

impl Lines {
    /// The next lines that are here, or one that has to be waited for.
    async fn next(&mut self) -> Result<Option<Chunk>> {
        let mut items = Vec::new();
        while items.len() < ITEMS {
            let here = self.from.buffer().contains(&b'\n');
            if !items.is_empty() && !here {
                break;
            }
            if !self.line().await? {
                break;
            }
            let line = std::mem::take(&mut self.line);
            let item = self.item(&line)?;
            items.extend(item);
        }
        Ok((!items.is_empty()).then_some(Chunk::Items(items)))
    }

    /// Whether there is one more line.
    async fn line(&mut self) -> Result<bool> {
        loop {
            let here = self.from.fill_buf().await;
            let here = here.map_err(|error| unreadable(&self.name, error))?;
            if here.is_empty() {
                break;
            }
            let end = here.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(here.len(), |end| end + 1);
            self.line.extend_from_slice(&here[..taken]);
            self.from.consume(taken);
            if end.is_some() {
                break;
            }
            if self.line.len() > MAX_LINE {
                self.number += 1;
                return Err(self.wrong(format!("it is longer than {MAX_LINE} bytes")));
            }
        }
        self.number += 1;
        Ok(!self.line.is_empty())
    }

    /// The item in a line; none in an empty one.
    fn item(&self, line: &[u8]) -> Result<Option<Val>> {
        let Ok(line) = std::str::from_utf8(line) else {
            return Err(self.wrong("it is not UTF-8".into()));
        };
        match line.trim() {
            "" => Ok(None),
            line => {
                let item = (self.parse)(line);
                item.map(Some).map_err(|message| self.wrong(message))
            }
        }
    }

    fn wrong(&self, message: String) -> Error {
        Error::Item {
            name: self.name.clone(),
            line: self.number,
            message,
        }
    }
}

fn unreadable(name: &str, error: io::Error) -> Error {
    Error::Unreadable {
        name: name.to_string(),
        error,
    }
}

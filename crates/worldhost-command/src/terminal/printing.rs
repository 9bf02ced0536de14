//! Writing to stdout.

use std::io::{self, ErrorKind, Write};
use worldhost::printable_lines;

/// Prints bytes as they are. That the reader has gone is no failure: `… | head`.
pub fn print(bytes: &[u8]) -> anyhow::Result<()> {
    unless_gone(write(bytes))
}

/// Prints text, with colour where that is wanted.
pub fn print_styled(text: &str) -> anyhow::Result<()> {
    unless_gone(
        anstream::stdout()
            .write_all(text.as_bytes())
            .map_err(unwritten),
    )
}

/// Prints WIT, or what is said of it: it may have come from a component.
pub fn print_wit(text: &str) -> anyhow::Result<()> {
    print(printable_lines(text).as_bytes())
}

/// As [`print`], for those who stop when the reader has gone.
pub fn write(bytes: &[u8]) -> io::Result<()> {
    io::stdout().lock().write_all(bytes).map_err(unwritten)
}

/// An error of stdout, with the name of what failed.
pub fn unwritten(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), Unwritten(error))
}

/// Where it could not be written.
#[derive(Debug)]
struct Unwritten(io::Error);

impl std::fmt::Display for Unwritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot write to stdout: {}", self.0)
    }
}

impl std::error::Error for Unwritten {}

/// Whether [`write`] failed for want of a reader.
pub fn reader_has_gone(error: &anyhow::Error) -> bool {
    error.downcast_ref().is_some_and(is_broken_pipe)
}

fn unless_gone(written: io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        written => Ok(written?),
    }
}

fn is_broken_pipe(error: &io::Error) -> bool {
    error.kind() == ErrorKind::BrokenPipe
}

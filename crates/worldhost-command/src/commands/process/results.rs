//! The results of `process`, on stdout.

use super::format::Format;
use super::inputs::Place;
use crate::project::Names;
use crate::terminal::{failure, printing};
use std::io::{self, BufWriter, Write};

/// Collects results, so that a pipe is fast; what is collected is written when
/// there is nothing to do but wait.
pub struct Results<'a> {
    lines: BufWriter<Stdout>,
    format: Format,
    keep_going: bool,
    /// With the frames of what fails.
    verbose: bool,
    project: Names,
    /// What is done about the first good one.
    on_first: Option<Box<dyn FnOnce() + 'a>>,
    /// The exit code of the first input that failed.
    pub code: i32,
}

/// As much as is held back at most: a pipe's size.
const HELD: usize = 64 << 10;

impl<'a> Results<'a> {
    pub fn new(project: Names, format: Format, keep_going: bool, verbose: bool) -> Self {
        Results {
            lines: BufWriter::with_capacity(HELD, Stdout),
            format,
            keep_going,
            verbose,
            project,
            on_first: None,
            code: 0,
        }
    }

    /// With what is to be done once there is one.
    pub fn on_first(mut self, done: impl FnOnce() + 'a) -> Self {
        self.on_first = Some(Box::new(done));
        self
    }

    /// Takes the result of one input. An error ends it all, or is printed.
    pub fn take(&mut self, place: Place, result: anyhow::Result<String>) -> anyhow::Result<()> {
        let written = match result {
            Ok(result) => {
                self.on_first.take().into_iter().for_each(|done| done());
                self.format.result(&mut self.lines, place, &result)
            }
            Err(error) => Err(error),
        };
        match written {
            // Someone is looking, at what the guest says meanwhile too.
            Ok(()) if self.format == Format::Terminal => self.flush(),
            Ok(()) => Ok(()),
            Err(error) if error.is::<io::Error>() => Err(error),
            Err(error) => self.failed(place, error),
        }
    }

    fn failed(&mut self, place: Place, error: anyhow::Error) -> anyhow::Result<()> {
        self.lines.write_all(&self.format.failure(place, &error)?)?;
        self.lost(error.context(place.to_string()))
    }

    /// An instance ended, and no input has failed for it.
    pub fn lost(&mut self, error: anyhow::Error) -> anyhow::Result<()> {
        self.flush()?;
        if !self.keep_going {
            return Err(error);
        }
        failure::print(&error, self.project, self.verbose);
        if self.code == 0 {
            self.code = failure::code(&error);
        }
        Ok(())
    }

    pub fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.lines.flush()?)
    }
}

struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        printing::write(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

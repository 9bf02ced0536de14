//! A line of ours on stderr: for a person, or as JSON for a machine.

use super::json;
use anstream::AutoStream;
use anstyle::Style;
use serde::Serialize;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use worldhost::Outlet;

/// How long a reader may take nothing of what is told at the end, or of an error.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// Whether each is a JSON object.
static JSON: AtomicBool = AtomicBool::new(false);

/// From now on, each is a JSON object.
pub fn as_json() {
    JSON.store(true, Relaxed);
}

/// What is said.
#[derive(Default)]
pub struct Said<'a> {
    /// How bad it is, for a person and for a machine.
    pub level: Level,
    /// On one line.
    pub message: &'a str,
    /// The exit code that comes of it.
    pub code: Option<i32>,
    /// Lines below it.
    pub details: &'a [String],
    /// Lines that show a place, below it: a machine has no use for them.
    pub marks: &'a str,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Level {
    Error,
    Warning,
    #[default]
    Note,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }

    /// As the log of a server has it.
    fn name(self) -> &'static str {
        match self {
            Level::Error => "ERROR",
            Level::Warning => "WARN",
            Level::Note => "INFO",
        }
    }

    fn style(self) -> Style {
        match self {
            Level::Error => super::style::BAD,
            Level::Warning | Level::Note => Style::new(),
        }
    }
}

/// As the log of a server has it.
#[derive(Serialize)]
struct Object<'a> {
    timestamp: String,
    level: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<i32>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    details: &'a [String],
}

impl Said<'_> {
    /// Writes to stderr in one go: guests write there too, and not into the midst of this. That
    /// nobody reads it is no reason to stop, nor to wait for long.
    pub fn say(&self) {
        let text = match JSON.load(Relaxed) {
            true => self.object(),
            false => self.text(),
        };
        let _ = Outlet::Stderr.write_line_blocking(text, PATIENCE);
    }

    fn object(&self) -> Vec<u8> {
        let mut timestamp = String::new();
        let _ = SystemTime.format_time(&mut Writer::new(&mut timestamp));
        let object = Object {
            timestamp,
            level: self.level.name(),
            message: self.message,
            code: self.code,
            details: self.details,
        };
        json::line(&object).unwrap_or_default().into_bytes()
    }

    fn text(&self) -> Vec<u8> {
        let (style, word) = (self.level.style(), self.level.word());
        let mut text = format!("{style}{word}:{style:#} {}\n", self.message);
        text += self.marks;
        for line in self.details {
            text += &format!("  {line}\n");
        }
        let mut styled = AutoStream::new(Vec::new(), AutoStream::choice(&io::stderr()));
        let _ = styled.write_all(text.as_bytes());
        styled.into_inner()
    }
}

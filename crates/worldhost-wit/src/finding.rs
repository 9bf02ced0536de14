//! One thing that was found, as reviewers and machines are told it.

use crate::rule::Rule;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;
use wit_parser::{Resolve, Span};

/// One thing that was found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of thing.
    pub rule: Rule,
    /// How bad it is.
    pub level: Level,
    /// Where; none where there is no text, as in a component.
    pub place: Option<Place>,
    /// What it is about, such as `acme:shop/stock.find`.
    pub item: String,
    /// In words, on one line.
    pub message: String,
    /// Why somebody accepts it, if that is so.
    pub accepted: Option<String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// It breaks for some, or will break later.
    Warning,
    /// It breaks.
    Error,
}

/// A place in WIT text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, as messages name it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

impl Place {
    /// Where a span is; none for what was in no text.
    pub fn of(resolve: &Resolve, span: Span) -> Option<Place> {
        let text = span.is_known().then(|| resolve.render_location(span))?;
        text.parse().ok()
    }
}

/// `wit/world.wit:3:5`, as the parser writes it.
impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Place, NoPlace> {
        let parts = || {
            let (rest, column) = text.rsplit_once(':')?;
            let (file, line) = rest.rsplit_once(':')?;
            Some(Place {
                file: file.to_string(),
                line: line.parse().ok()?,
                column: column.parse().ok()?,
            })
        };
        parts().ok_or(NoPlace)
    }
}

/// The text is no place.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("it is no place in a file, such as `wit/world.wit:3:5`")]
pub struct NoPlace;

impl Finding {
    /// A finding that nobody accepts.
    pub fn new(
        rule: Rule,
        level: Level,
        place: Option<Place>,
        item: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            rule,
            level,
            place,
            item: item.into(),
            message: message.into(),
            accepted: None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        })
    }
}

/// `wit/world.wit:3:5: warning: ... [rule]`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}: {} [{}]", self.level, self.message, self.rule)?;
        match &self.accepted {
            Some(reason) => write!(f, " (accepted: {reason})"),
            None => Ok(()),
        }
    }
}

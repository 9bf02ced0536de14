//! A file that is written by hand, in TOML: what is wrong in it has its place.

use crate::error::{Error, Result};
use crate::origin::Origin;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Its text, and what it is called in errors.
pub struct Document {
    name: Arc<str>,
    text: String,
}

/// A value, and where it stands.
pub type Value<'a> = Spanned<DeValue<'a>>;

/// What is written by hand has no more.
const MOST: u64 = 1 << 20;

impl Document {
    /// Reads the file. `kind` is what it is to be, and `name` what errors call it.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no text that somebody wrote.
    pub fn read(path: &Path, kind: &str, name: &str) -> Result<Self> {
        match text(path) {
            Ok(text) => Ok(Self::of_text(text, name)),
            Err(why) => Err(Error::Wrong(format!(
                "cannot read the {kind} {name}: {why}"
            ))),
        }
    }

    /// What is text already.
    pub fn of_text(text: impl Into<String>, name: &str) -> Self {
        Document {
            name: name.into(),
            text: text.into(),
        }
    }

    /// All that it says.
    ///
    /// # Errors
    ///
    /// When it is no TOML.
    pub fn table(&self) -> Result<Spanned<DeTable<'_>>> {
        DeTable::parse(&self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            self.wrong(at, error.message())
        })
    }

    /// The place of this byte.
    pub fn origin(&self, at: usize) -> Origin {
        Origin::in_file(&self.name, &self.text, at)
    }

    /// What is wrong at this byte.
    pub fn wrong(&self, at: usize, words: &str) -> Error {
        Error::Wrong(format!("{}: {words}", self.origin(at).exactly()))
    }

    /// Something that is of the wrong type.
    pub fn not(&self, name: &str, what: &str, value: &Value) -> Error {
        let found = value.get_ref().type_str();
        let words = format!("{name} is here of the type {found}, and has to be {what}");
        self.wrong(value.span().start, &words)
    }

    /// A key that there is not, at this byte of `place`; `otherwise` is said where none of
    /// the known ones can have been meant.
    pub fn unknown<'k>(
        &self,
        (name, at): (&str, usize),
        place: &str,
        known: impl IntoIterator<Item = &'k str>,
        otherwise: &str,
    ) -> Error {
        let advice = match nearest(name, known).as_slice() {
            [] => otherwise.to_string(),
            some => format!("did you mean {}?", some.join(" or ")),
        };
        self.wrong(at, &format!("there is no `{name}` {place}; {advice}"))
    }

    /// That this can be the name of a component, of which somebody makes files and labels.
    ///
    /// # Errors
    ///
    /// When it cannot; `what` says whose it is.
    pub fn is_name(&self, (name, at): (&str, usize), what: &str) -> Result<()> {
        let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        match (1..=40).contains(&name.len()) && name.chars().all(is_part) {
            true => Ok(()),
            false => {
                let words = format!("the name of a {what} has up to 40 of a-z, 0-9, -, _ and .");
                Err(self.wrong(at, &words))
            }
        }
    }
}

fn text(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = worldhost::open_regular(path);
    let read = file.and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes));
    read.map_err(|error: io::Error| error.to_string())?;
    if bytes.len() as u64 > MOST {
        return Err("it is larger than 1 MiB, and not written by hand".into());
    }
    String::from_utf8(bytes).map_err(|error| format!("it is no text in UTF-8: {error}"))
}

/// The few that are most like it, best first.
fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Vec<&'k str> {
    // Nobody misspells what is longer, and to compare takes the product of both lengths.
    if name.len() > 256 {
        return Vec::new();
    }
    let likeness = |other| strsim::normalized_damerau_levenshtein(name, other);
    let known = known.into_iter().map(|other| (likeness(other), other));
    let mut like: Vec<_> = known.filter(|(likeness, _)| *likeness >= 0.6).collect();
    like.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
    like.into_iter().take(3).map(|(_, other)| other).collect()
}

/// Keys, each with its place, and their values, as they stand there.
pub fn in_order<'t, 'a>(table: &'t DeTable<'a>) -> Vec<(&'t str, usize, &'t Value<'a>)> {
    let entries = table.iter().map(|(key, value)| {
        let name: &str = key.get_ref();
        (name, key.span().start, value)
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|(_, at, _)| *at);
    entries
}

//! A file that is written by hand, in TOML: what is wrong in it has its place.

use super::origin::Origin;
use crate::terminal::Usage;
use anyhow::Context;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use worldhost_wit::nearest;

/// Its text, and what it is called in errors.
pub struct Document {
    name: Arc<str>,
    text: String,
}

pub type Value<'a> = Spanned<DeValue<'a>>;

/// What is written by hand has no more.
const MOST: u64 = 1 << 20;

impl Document {
    /// Reads the file. `kind` is what it is to be.
    pub fn read(path: &Path, kind: &str, name: &str) -> anyhow::Result<Self> {
        let text = text(path).with_context(|| Usage(format!("cannot read the {kind} {name}")))?;
        Ok(Document {
            name: name.into(),
            text,
        })
    }

    /// All that it says.
    pub fn table(&self) -> anyhow::Result<Spanned<DeTable<'_>>> {
        DeTable::parse(&self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            self.wrong(at, error.message())
        })
    }

    pub fn origin(&self, at: usize) -> Origin {
        Origin::in_file(&self.name, &self.text, at)
    }

    /// What is wrong at this byte.
    pub fn wrong(&self, at: usize, words: &str) -> anyhow::Error {
        Usage(format!("{}: {words}", self.origin(at).exactly())).into()
    }

    /// Something that is of the wrong type.
    pub fn not(&self, name: &str, what: &str, value: &Value) -> anyhow::Error {
        let found = value.get_ref().type_str();
        let words = format!("{name} is here of the type {found}, and has to be {what}");
        self.wrong(value.span().start, &words)
    }

    /// A key that there is not, at this byte of `place`. `command` shows which there are.
    pub fn unknown(
        &self,
        (name, at): (&str, usize),
        place: &str,
        known: impl IntoIterator<Item = String>,
        command: &str,
    ) -> anyhow::Error {
        let advice = match nearest(name, known).as_slice() {
            [] => format!("{command} shows what there is"),
            some => format!("did you mean {}?", some.join(" or ")),
        };
        self.wrong(at, &format!("there is no `{name}` {place}; {advice}"))
    }
}

fn text(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let file = worldhost::open_regular(path)?;
    file.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        anyhow::bail!("it is larger than 1 MiB, and not written by hand");
    }
    String::from_utf8(bytes).context("it is no text in UTF-8")
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

//! How findings are given.

use super::document::Document;
use super::{github, junit};
use crate::terminal::json;
use clap::ValueEnum;
use worldhost_wit::Ignored;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For scripts: docs/wit-findings.schema.json describes it
    Json,
    /// Annotations of a pull request
    Github,
    /// A report of tests
    Junit,
}

/// How findings are given, and which are not.
#[derive(clap::Args)]
pub struct Told {
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,

    /// Do not count these findings: all of a rule, or those of one item. They are
    /// listed, as accepted. A comment in the text does the same, with a reason:
    /// // worldhost: accept RULE because REASON
    #[arg(long, value_name = "RULE[:ITEM]")]
    pub ignore: Vec<Ignored>,
}

impl Told {
    /// The document in the format that is wanted; `text` is for people.
    pub fn told(
        &self,
        document: &Document<'_>,
        text: impl FnOnce() -> String,
    ) -> anyhow::Result<String> {
        let format = match self.json {
            true => Format::Json,
            false => self.format,
        };
        Ok(match format {
            Format::Text => text(),
            Format::Json => json::lines(document)?,
            Format::Github => github::annotations(document),
            Format::Junit => junit::report(document)?,
        })
    }
}

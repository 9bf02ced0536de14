//! How results are written: so that a reader can tell where one ends.

use super::inputs::Place;
use crate::terminal::{failure, json};
use anyhow::bail;
use worldhost::printable_lines;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For eyes: nothing in a result is obeyed by the terminal.
    Terminal,
    /// Each result as it is, and a line feed. One that has line feeds takes several lines.
    Lines,
    /// Each result as it is, and a zero byte, which none may have.
    Null,
    /// An object a line for each input.
    Json,
}

impl Format {
    pub fn result(self, place: Place, result: &str) -> anyhow::Result<Vec<u8>> {
        Ok(match self {
            Format::Terminal => format!("{}\n", printable_lines(result)).into_bytes(),
            Format::Lines => [result.as_bytes(), b"\n"].concat(),
            Format::Null if result.contains('\0') => {
                bail!("the result has a zero byte, which ends it under -0; use --json")
            }
            Format::Null => [result.as_bytes(), b"\0"].concat(),
            Format::Json => object(place, [("result", result.into())])?,
        })
    }

    /// An input that failed, where that has a place among the results.
    pub fn failure(self, place: Place, error: &anyhow::Error) -> anyhow::Result<Vec<u8>> {
        match self {
            Format::Json => object(
                place,
                [
                    ("error", failure::in_words(error).into()),
                    ("code", failure::code(error).into()),
                ],
            ),
            _ => Ok(Vec::new()),
        }
    }
}

/// `{"line": 3, …}`, as an error names the input.
fn object<const N: usize>(
    place: Place,
    fields: [(&str, serde_json::Value); N],
) -> anyhow::Result<Vec<u8>> {
    let mut object = serde_json::Map::new();
    object.insert(place.kind.to_string(), place.number.into());
    object.extend(fields.map(|(name, value)| (name.to_string(), value)));
    Ok(json::line(&object)?.into_bytes())
}

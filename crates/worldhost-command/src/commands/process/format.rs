//! How results are written: so that a reader can tell where one ends.

use super::inputs::Place;
use crate::terminal::{failure, json};
use anyhow::bail;
use std::io::Write;
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
    /// Writes a result, a part at a time: escaped it may be many times as long.
    pub fn result(self, to: &mut impl Write, place: Place, result: &str) -> anyhow::Result<()> {
        match self {
            Format::Terminal => {
                for part in parts(result) {
                    to.write_all(printable_lines(part).as_bytes())?;
                }
                to.write_all(b"\n")?;
            }
            Format::Lines => {
                to.write_all(result.as_bytes())?;
                to.write_all(b"\n")?;
            }
            Format::Null if result.contains('\0') => {
                bail!("the result has a zero byte, which ends it under -0; use --json")
            }
            Format::Null => {
                to.write_all(result.as_bytes())?;
                to.write_all(b"\0")?;
            }
            Format::Json => {
                write!(to, "{{\"{}\":{},\"result\":\"", place.kind, place.number)?;
                for part in parts(result) {
                    to.write_all(json::in_quotes(part)?.as_bytes())?;
                }
                to.write_all(b"\"}\n")?;
            }
        }
        Ok(())
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

/// The text in parts of some KiB.
fn parts(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (part, rest) = text.split_at(text.floor_char_boundary(PART));
        text = rest;
        (!part.is_empty()).then_some(part)
    })
}

const PART: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_result_is_the_same_in_parts() {
        let result = "\u{7f}é\n\"大\\".repeat(10_000);
        let place = Place {
            kind: "line",
            number: 3,
        };
        let written = |format: Format| {
            let mut written = Vec::new();
            format.result(&mut written, place, &result).unwrap();
            String::from_utf8(written).unwrap()
        };
        assert_eq!(written(Format::Lines), format!("{result}\n"));
        assert_eq!(
            written(Format::Terminal),
            format!("{}\n", printable_lines(&result))
        );
        let object = serde_json::json!({ "line": 3, "result": result });
        assert_eq!(written(Format::Json), json::line(&object).unwrap());
    }
}

//! JSON for a machine that may be a terminal's screen.

use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Write;
use worldhost::printable_lines;

/// The value on one line.
pub fn line(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(quiet(serde_json::to_string(value)?) + "\n")
}

/// The value on lines of their own.
pub fn lines(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(quiet(serde_json::to_string_pretty(value)?) + "\n")
}

/// A string as it is between quotes, or a part of one.
pub fn in_quotes(text: &str) -> serde_json::Result<String> {
    let quoted = quiet(serde_json::to_string(text)?);
    Ok(quoted[1..quoted.len() - 1].to_string())
}

/// Escapes what JSON allows in strings and a terminal would obey. A reader of JSON gets
/// the same strings.
fn quiet(json: String) -> String {
    if let Cow::Borrowed(_) = printable_lines(&json) {
        return json;
    }
    let mut text = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match printable_lines(c.encode_utf8(&mut [0; 4])) {
            Cow::Borrowed(same) => text.push_str(same),
            // All of them have four digits.
            Cow::Owned(_) => write!(text, "\\u{:04x}", u32::from(c)).expect("a string takes all"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{line, lines};

    #[test]
    fn strings_are_escaped_and_the_same_to_a_reader() {
        let value = serde_json::json!({ "a": "\u{9b}2J\x7f\n\u{202e}\u{2028} é" });
        let said = line(&value).unwrap();
        let escaped = r#"{"a":"\u009b2J\u007f\n\u202e\u2028 é"}"#;
        assert_eq!(said, format!("{escaped}\n"));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&said).unwrap(),
            value
        );
        assert_eq!(lines(&value).unwrap().lines().count(), 3);
    }
}

//! Files and places in them, as an editor and as messages name them.

use lsp_types::{Position, Range, Url};
use std::path::{Path, PathBuf};
use worldhost_wit::{Edited, Place, paths};

/// The file that messages call this.
pub fn path(name: &str) -> PathBuf {
    let path = std::path::absolute(name).unwrap_or_else(|_| name.into());
    let path = paths::clean(&path);
    path.canonicalize().unwrap_or(path)
}

pub fn url(path: &Path) -> Option<Url> {
    Url::from_file_path(path).ok()
}

/// The text of a file, with what is not saved.
pub fn text(edited: &Edited, path: &Path) -> String {
    match edited.text(path) {
        Some(text) => text.to_string(),
        None => std::fs::read_to_string(path).unwrap_or_default(),
    }
}

/// A word, from a place in characters to one in the units of UTF-16.
pub fn range(text: &str, line: usize, column: usize) -> Range {
    let number = line.saturating_sub(1);
    let text = text.lines().nth(number).unwrap_or_default();
    let before = column.saturating_sub(1);
    let units = |chars: usize| text.chars().take(chars).map(char::len_utf16).sum::<usize>();
    let rest = text.chars().skip(before);
    let word = rest.take_while(|c| is_part(*c)).count().max(1);
    Range {
        start: position(number, units(before)),
        end: position(number, units(before + word)),
    }
}

/// The word that is at a position, and the character, from 1, that it begins with.
pub fn word(text: &str, at: Position) -> Option<(String, usize)> {
    let line = text.lines().nth(at.line as usize)?;
    let mut units = 0;
    let passed = line.chars().take_while(|c| {
        units += c.len_utf16();
        units <= at.character as usize
    });
    let passed = passed.count();
    let chars: Vec<char> = line.chars().collect();
    let before = chars[..passed].iter().rev();
    let begin = passed - before.take_while(|c| is_part(**c)).count();
    let word: String = chars[begin..].iter().take_while(|c| is_part(**c)).collect();
    (!word.is_empty()).then_some((word, begin + 1))
}

/// A place that the parser's words name, and those words in one line.
pub fn told(message: &str) -> (Option<Place>, String) {
    let place = message
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("--> ")?.trim().parse().ok());
    let words = message
        .lines()
        .take_while(|line| !line.trim_start().starts_with("-->"));
    let words: Vec<&str> = words.map(str::trim).collect();
    (place, words.join(" ").trim().to_string())
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "no file has so many lines, or so long ones"
)]
fn position(line: usize, character: usize) -> Position {
    Position::new(line as u32, character as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_units_of_utf_16_for_an_editor() {
        let text = "a\n/// 𝄞𝄞\n  /* 𝄞 */ get-it: func();\n";
        let found = range(text, 3, 11);
        assert_eq!((found.start.character, found.end.character), (11, 17));
        for at in 11..17 {
            let found = word(text, Position::new(2, at));
            assert_eq!(found, Some(("get-it".into(), 11)), "{at}");
        }
        assert_eq!(word(text, Position::new(2, 10)), None);
        assert_eq!(word(text, Position::new(9, 0)), None);
    }

    #[test]
    fn the_parser_s_words_have_a_place() {
        let (place, words) = told("expected `:`\n     --> wit/a.wit:2:5\n      |\n    2 | x\n");
        assert_eq!(place.unwrap().to_string(), "wit/a.wit:2:5");
        assert_eq!(words, "expected `:`");
        assert_eq!(told("nothing").0, None);
    }
}

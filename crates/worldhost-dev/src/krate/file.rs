//! A Rust file of a project.

use crate::rust::has_word;
use proc_macro2::LineColumn;
use std::path::PathBuf;

/// A file that is text.
pub(crate) struct File {
    /// The directory of its package.
    pub(crate) package: PathBuf,
    /// Relative to the package.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// None when it is no Rust.
    pub(crate) tree: Option<syn::File>,
    /// The crate that it is in.
    pub(super) krate: usize,
    /// Its module in that crate.
    pub(crate) module: String,
}

impl File {
    /// Where a word is in code: line numbers.
    pub(crate) fn lines_with(&self, word: &str) -> impl Iterator<Item = usize> {
        let lines = self.text.lines().enumerate();
        let uses = move |line: &str| has_word(line, word) && !line.trim_start().starts_with("//");
        lines
            .filter(move |(_, line)| uses(line))
            .map(|(i, _)| i + 1)
    }

    /// The text between two places.
    pub(crate) fn slice(&self, from: LineColumn, to: LineColumn) -> &str {
        let range = offset(&self.text, from)..offset(&self.text, to);
        self.text.get(range).unwrap_or_default()
    }
}

/// The byte at a place, whose columns are characters.
pub(crate) fn offset(text: &str, at: LineColumn) -> usize {
    let mut start = 0;
    for (i, line) in text.split_inclusive('\n').enumerate() {
        if i + 1 == at.line {
            let chars = line.char_indices().map(|(at, _)| at);
            return start
                + chars
                    .chain([line.len()])
                    .nth(at.column)
                    .unwrap_or(line.len());
        }
        start += line.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters() {
        let at = |line, column| offset("aé\nxy\n", LineColumn { line, column });
        assert_eq!([at(1, 0), at(1, 2), at(2, 1), at(9, 0)], [0, 3, 5, 7]);
    }
}

//! What is to be changed in files that are there, to the byte.

use crate::krate::File;
use std::path::PathBuf;

/// What stands over code that has no use any more.
pub(crate) const GONE: &str = "Not in the WIT any more, and yours to delete:";

/// A piece of a file that is to be another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The file as it is: the directory of its package, and the path in it.
    pub(crate) package: PathBuf,
    pub(crate) file: PathBuf,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) text: String,
}

impl Edit {
    pub(crate) fn new(file: &File, from: usize, to: usize, text: impl Into<String>) -> Edit {
        Edit {
            package: file.package.clone(),
            file: file.path.clone(),
            from,
            to,
            text: text.into(),
        }
    }

    /// Takes away whole lines.
    pub(crate) fn without(file: &File, from: usize, to: usize) -> Edit {
        let before = file.text[..from].trim_end_matches([' ', '\t']);
        let after = &file.text[to..];
        let rest = after.trim_start_matches([' ', '\t', '\r']);
        let alone = before.is_empty() || before.ends_with('\n');
        match rest.strip_prefix('\n') {
            Some(next) if alone => Edit::new(file, before.len(), file.text.len() - next.len(), ""),
            _ => Edit::new(file, from, to, ""),
        }
    }

    /// Makes comments of whole lines: what somebody wrote is theirs, and is not lost.
    pub(crate) fn commented(file: &File, from: usize, to: usize) -> Edit {
        let lines = Edit::without(file, from, to);
        let text = &file.text[from..to];
        let begin = file.text[..from].rfind('\n').map_or(0, |at| at + 1);
        let margin = file.text[begin..from].chars();
        let indent: String = margin.take_while(|c| c.is_whitespace()).collect();
        let comment = |line: &str| {
            let line = line.strip_prefix(&indent).unwrap_or(line);
            format!("{indent}// {line}").trim_end().to_string() + "\n"
        };
        let head = comment(GONE);
        let body: String = text.lines().map(comment).collect();
        match (lines.from, lines.to) == (from, to) {
            // Something is on the same lines.
            true => Edit::new(file, from, to, format!("\n{head}{body}{indent}")),
            false => Edit {
                text: head + &body,
                ..lines
            },
        }
    }

    pub(super) fn is_in(&self, file: &File) -> bool {
        self.package == file.package && self.file == file.path
    }
}

/// A text with all of its edits.
pub(crate) fn edited(text: &str, edits: &[&Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.to_vec();
    edits.sort_by_key(|edit| (edit.from, edit.to));
    let mut result = String::new();
    let mut done = 0;
    for edit in edits {
        // The first of two that touch the same piece.
        if edit.from < done {
            continue;
        }
        result += &text[done..edit.from];
        result += &edit.text;
        done = edit.to;
    }
    result + &text[done..]
}

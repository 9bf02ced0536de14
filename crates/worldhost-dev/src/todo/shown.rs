//! Edits as the list shows them: line by line.

use super::edit::{Edit, edited};
use super::list::Line;
use crate::krate::File;
use std::path::Path;

/// The lines of a file that its edits take away and add, each as it stands alone.
/// `shown` is the path that the file has in the list.
pub(crate) fn lines(file: &File, edits: &[Edit], shown: &Path) -> Vec<Line> {
    let mut mine: Vec<&Edit> = edits.iter().filter(|edit| edit.is_in(file)).collect();
    mine.sort_by_key(|edit| (edit.from, edit.to));
    let mut lines = Vec::new();
    let mut rest = &mine[..];
    while let Some(first) = rest.first() {
        // Edits of the same lines are shown together.
        let start = file.text[..first.from].rfind('\n').map_or(0, |at| at + 1);
        let mut end = line_end(&file.text, first.to);
        let mut count = 1;
        while rest.get(count).is_some_and(|next| next.from < end) {
            end = end.max(line_end(&file.text, rest[count].to));
            count += 1;
        }
        let (group, others) = rest.split_at(count);
        rest = others;
        let moved: Vec<Edit> = group
            .iter()
            .map(|edit| Edit {
                from: edit.from - start,
                to: edit.to - start,
                ..(*edit).clone()
            })
            .collect();
        let before = &file.text[start..end];
        let after = edited(before, &moved.iter().collect::<Vec<_>>());
        difference(before, &after, shown, &mut lines);
    }
    lines
}

fn line_end(text: &str, at: usize) -> usize {
    // What ends with a whole line has no part in the next.
    if at > 0 && text[..at].ends_with('\n') {
        return at;
    }
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// The lines that are in one text only, those at both ends aside that are the same.
fn difference(before: &str, after: &str, shown: &Path, lines: &mut Vec<Line>) {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let ahead = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[ahead..], &new[ahead..]);
    let behind = old.iter().rev().zip(new.iter().rev());
    let behind = behind.take_while(|(a, b)| a == b).count();
    for (remove, texts) in [(true, old), (false, new)] {
        let texts = texts[..texts.len() - behind].iter().map(|text| text.trim());
        let texts = texts.filter(|text| !text.is_empty());
        lines.extend(texts.map(|text| Line::new(shown, remove, text)));
    }
}

//! What a guest says, as one line of the host's.

use crate::outlet::PIECE;
use crate::printable::printable;

/// What follows a line that is cut off.
const CUT: &str = "… (cut off)";

/// The words in one printable line after the mark, short enough to be written in one piece.
pub(super) fn of(mark: &str, words: &str) -> String {
    let mut line = String::with_capacity(mark.len() + words.len().min(PIECE) + 2);
    line.extend([mark, " "]);
    let room = PIECE.saturating_sub(line.len() + CUT.len() + 1);
    // No more is looked at than can be shown.
    let (begin, rest) = words.split_at(words.floor_char_boundary(room));
    let shown = printable(begin);
    if rest.is_empty() && shown.len() <= room {
        return line + &shown + "\n";
    }
    let mut left = room;
    for c in begin.chars() {
        // Whole escapes, or none.
        let mut bytes = [0; 4];
        let c = printable(c.encode_utf8(&mut bytes));
        let Some(less) = left.checked_sub(c.len()) else {
            break;
        };
        left = less;
        line += &c;
    }
    line + CUT + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_whole_or_says_that_it_is_not() {
        assert_eq!(of("[log]", "a\nb é"), "[log] a\\nb é\n");
        assert_eq!(of("[log]", ""), "[log] \n");
        for c in ["x", "é", "\u{7f}", "\n", "大"] {
            for count in [100, 4000, 5000, 100_000] {
                let line = of("[log]", &c.repeat(count));
                assert!(line.len() <= PIECE && line.ends_with('\n'), "{c:?} {count}");
                let shown = printable(c).repeat(count);
                let whole = line == format!("[log] {shown}\n");
                assert_eq!(line.ends_with("… (cut off)\n"), !whole, "{c:?} {count}");
                // No escape is cut in two.
                let cut = line.strip_suffix("… (cut off)\n").unwrap_or(&line);
                let shown = cut.strip_prefix("[log] ").unwrap().trim_end_matches('\n');
                assert_eq!(shown.len() % printable(c).len(), 0, "{c:?} {count}");
            }
        }
    }
}

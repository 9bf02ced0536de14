//! A component's words, made fit for a terminal.

use std::borrow::Cow;

/// The text with everything escaped that a terminal would obey or that would make it
/// look like other text: control characters, line breaks, and the marks that turn the
/// direction of writing. `\n` becomes the two characters `\n`, and an escape `\u{1b}`.
///
/// What a component calls itself and its functions, what it says when it panics and
/// what is quoted of it in an [`Error`](crate::Error) is the component's to choose. Shown
/// as it is, it could move the cursor, set the clipboard or forge a line of the host's.
/// Text with nothing to escape, tabs included, is returned as it is.
///
/// ```
/// use worldhost::printable;
///
/// assert_eq!(printable("a\tname"), "a\tname");
/// assert_eq!(printable("\x1b[2Jgone\nerror: forged"), r"\u{1b}[2Jgone\nerror: forged");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    escape(text, is_obeyed)
}

/// As [`printable`], for text of several lines, such as WIT: its line breaks stay.
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| c != '\n' && is_obeyed(c))
}

fn escape(text: &str, wanted: impl Fn(char) -> bool) -> Cow<'_, str> {
    let Some(first) = text.find(&wanted) else {
        return Cow::Borrowed(text);
    };
    let (clean, rest) = text.split_at(first);
    let mut escaped = String::with_capacity(text.len() + 16);
    escaped.push_str(clean);
    for c in rest.chars() {
        if wanted(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Whether it does something other than to stand there.
fn is_obeyed(c: char) -> bool {
    match c {
        '\t' => false,
        // Line and paragraph separator.
        '\u{2028}' | '\u{2029}' => true,
        // Marks, embeddings, overrides and isolates of the direction of writing.
        '\u{061c}' | '\u{200e}' | '\u{200f}' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped() {
        assert_eq!(printable("a\tb\n\x1b[2J é"), "a\tb\\n\\u{1b}[2J é");
        for c in "\0\x07\x08\r\x0b\x1f\x7f\u{80}\u{9b}\u{9f}".chars() {
            let shown = printable(&format!("a{c}b")).into_owned();
            assert!(shown.starts_with("a\\") && shown.ends_with('b'), "{shown}");
        }
        for c in "\u{2028}\u{2029}\u{200e}\u{200f}\u{61c}\u{202a}\u{202e}\u{2066}\u{2069}".chars() {
            let code = u32::from(c);
            assert_eq!(printable(&c.to_string()), format!("\\u{{{code:x}}}"));
        }
    }

    #[test]
    fn other_text_is_not_copied() {
        for text in ["", "plain", "größer → 大", "מילה", "\u{200d}\u{a0}"] {
            assert!(matches!(printable(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn what_is_printable_stays_so() {
        let once = printable("\x1b]0;title\x07").into_owned();
        assert_eq!(printable(&once), once);
    }

    #[test]
    fn text_of_several_lines_keeps_them() {
        assert_eq!(
            printable_lines("/// a\r\n/// b\x07\n"),
            "/// a\\r\n/// b\\u{7}\n"
        );
    }
}

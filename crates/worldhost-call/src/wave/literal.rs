//! Strings and characters: where they end, and what is wrong with their escapes, in
//! words for those who know the escapes of another language.

use super::bad::Bad;
use crate::quote::short;

/// The length of the string or character at the start of `text`, which is at `at` in the
/// whole; that the lexer and the parser of WAVE take it is seen to.
pub(super) fn length(text: &str, at: usize) -> Result<usize, Bad> {
    if let Some(rest) = text.strip_prefix(FENCE) {
        let Some(inner) = rest.find(FENCE) else {
            let message = "the string that begins here does not end: \"\"\" is missing";
            return Err(Bad::new(at..at + FENCE.len(), message));
        };
        escapes(&rest[..inner], at + FENCE.len())?;
        return Ok(inner + 2 * FENCE.len());
    }
    let quote = if text.starts_with('"') { '"' } else { '\'' };
    let inner = inner(text, quote).ok_or_else(|| unended(text, quote, at))?;
    escapes(inner, at + 1)?;
    let len = inner.len() + 2;
    match inner.find('\n') {
        Some(newline) => {
            let at = at + 1 + newline;
            Err(Bad::new(
                at..at + 1,
                "a line break in a string is written \\n",
            ))
        }
        None if quote == '\'' => one(inner, at).map(|()| len),
        None => Ok(len),
    }
}

const FENCE: &str = "\"\"\"";

/// What is between the quotes.
fn inner(text: &str, quote: char) -> Option<&str> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(&text[1..at]),
            _ => {}
        }
    }
    None
}

fn unended(text: &str, quote: char, at: usize) -> Bad {
    let line = text.lines().next().unwrap_or_default();
    let message = match quote {
        '"' => "the string that begins here does not end: `\"` is missing",
        _ => "the character that begins here does not end: `'` is missing",
    };
    Bad::new(at..at + line.len(), message)
}

/// That it is one character, escapes being sound.
fn one(inner: &str, at: usize) -> Result<(), Bad> {
    let mut count = 0;
    let mut rest = inner;
    while let Some(c) = rest.chars().next() {
        let len = match c {
            '\\' => escape(rest).map_or(1, |(_, len)| len),
            c => c.len_utf8(),
        };
        rest = &rest[len..];
        count += 1;
    }
    let message = match count {
        1 => return Ok(()),
        0 => "'' holds no character".to_string(),
        n if inner.contains(['\\', '"']) => {
            format!("a char is one character, not {n}; a string is in double quotes")
        }
        n => format!(
            "a char is one character, not {n}; a string is in double quotes: \"{}\"",
            short(inner)
        ),
    };
    Err(Bad::new(at..at + inner.len() + 2, message))
}

/// That all escapes are WAVE's.
fn escapes(inner: &str, at: usize) -> Result<(), Bad> {
    let mut done = 0;
    while let Some(next) = inner[done..].find('\\') {
        done += next;
        let rest = &inner[done..];
        match escape(rest) {
            Some((Some(_), len)) => done += len,
            Some((None, len)) => {
                let at = at + done;
                return Err(Bad::new(at..at + len, no_character(&rest[..len])));
            }
            None => {
                let (len, message) = foreign(rest);
                let at = at + done;
                return Err(Bad::new(at..at + len, message));
            }
        }
    }
    Ok(())
}

/// What an escape at the start stands for, if that is a character, and its length.
fn escape(text: &str) -> Option<(Option<char>, usize)> {
    let simple = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b't' => '\t',
        b'n' => '\n',
        b'r' => '\r',
        b'u' => {
            let digits = text[2..].strip_prefix('{')?.split_once('}')?.0;
            let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if !hex || !(1..=6).contains(&digits.len()) {
                return None;
            }
            let code = u32::from_str_radix(digits, 16).ok()?;
            return Some((char::from_u32(code), digits.len() + 4));
        }
        _ => return None,
    };
    Some((Some(simple), 2))
}

fn no_character(escape: &str) -> String {
    let code = escape[3..escape.len() - 1].trim_start_matches('0');
    match u32::from_str_radix(code, 16) {
        Ok(0xd800..=0xdfff) => format!(
            "{escape} is a surrogate, half of a character in UTF-16; write the whole \
             character, such as \\u{{1f600}}"
        ),
        _ => format!("{escape} is no character: the last one is \\u{{10ffff}}"),
    }
}

/// The length of what is no escape of WAVE, and what to write instead.
fn foreign(text: &str) -> (usize, String) {
    let next = text[1..].chars().next();
    let len = 1 + next.map_or(0, char::len_utf8);
    let shown = &text[..len];
    let instead = match next {
        Some('/') => "write /".to_string(),
        Some('b') => "write \\u{8}".into(),
        Some('f') => "write \\u{c}".into(),
        Some('0') => "write \\u{0}".into(),
        Some('x') => match hex(&text[2..], 2) {
            Some(code) => {
                return (
                    4,
                    format!("{} is no escape here: write \\u{{{code:x}}}", &text[..4]),
                );
            }
            None => KNOWN.into(),
        },
        Some('u') => return unicode(text),
        _ => KNOWN.into(),
    };
    (len, format!("{shown} is no escape here: {instead}"))
}

const KNOWN: &str = "those are \\\" \\' \\\\ \\n \\r \\t and \\u{…}";

/// `\u` as JSON has it, or spoilt.
fn unicode(text: &str) -> (usize, String) {
    let Some(high) = hex(&text[2..], 4) else {
        return (
            2,
            "a character by its number is \\u{…}, with one to six hexadecimal digits".into(),
        );
    };
    let low = text[6..].strip_prefix("\\u").and_then(|low| hex(low, 4));
    let pair = low.and_then(|low| {
        let units = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
        let mut pair = char::decode_utf16(units);
        match (pair.next(), pair.next()) {
            (Some(Ok(c)), None) => Some(c),
            _ => None,
        }
    });
    match (pair, char::from_u32(high)) {
        (Some(c), _) => {
            let code = u32::from(c);
            (
                12,
                format!("{} is JSON's: write \\u{{{code:x}}}", &text[..12]),
            )
        }
        (None, Some(_)) => (
            6,
            format!("{} is JSON's: write \\u{{{high:x}}}", &text[..6]),
        ),
        (None, None) => {
            let message = format!(
                "{} is a surrogate, half of a character in UTF-16; write the whole character, \
                 such as \\u{{1f600}}",
                &text[..6]
            );
            (6, message)
        }
    }
}

/// The number that the first so many digits are.
fn hex(text: &str, digits: usize) -> Option<u32> {
    let digits = text.get(..digits)?;
    let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(text: &str, marked: &str, words: &str) {
        let bad = length(text, 0).expect_err(text);
        assert_eq!(&text[bad.at.clone()], marked, "{text}: {}", bad.message);
        assert!(bad.message.contains(words), "{text}: {}", bad.message);
    }

    #[test]
    fn what_is_sound_has_a_length() {
        for text in [
            r#""""#,
            r#""a \"b\" \\ \n\r\t \' ü \u{1F600}""#,
            r"'\''",
            r"'\u{41}'",
            "'é'",
            "'\"'",
            "\"\"\"\n  a \"b\"\n  \"\"\"",
        ] {
            assert_eq!(
                length(&format!("{text}, 1"), 0).unwrap(),
                text.len(),
                "{text}"
            );
        }
    }

    #[test]
    fn escapes_of_other_languages_are_told_what_to_be() {
        says(r#""a\/b""#, r"\/", r"\/ is no escape here: write /");
        says(r#""\b""#, r"\b", r"write \u{8}");
        says(r#""\f""#, r"\f", r"write \u{c}");
        says(r#""\u0041""#, r"\u0041", r"\u0041 is JSON's: write \u{41}");
        says(r#""\ud83d\ude00!""#, r"\ud83d\ude00", r"write \u{1f600}");
        says(r#""\ud83d!""#, r"\ud83d", "a surrogate");
        says(r#""\x1b[""#, r"\x1b", r"write \u{1b}");
        says(r#""\q""#, r"\q", r"those are \");
        says("\"\\é\"", "\\é", "no escape here");
        says(r#""\u{}""#, r"\u", "one to six");
        says(r#""\u{1234567}""#, r"\u", "one to six");
        says(r#""\u{zz}""#, r"\u", "one to six");
        says(r#""\u{d800}""#, r"\u{d800}", "a surrogate");
        says(r#""\u{00dfff}""#, r"\u{00dfff}", "a surrogate");
        says(
            r#""\u{110000}""#,
            r"\u{110000}",
            r"the last one is \u{10ffff}",
        );
        says("\"\"\"\n\\/\n\"\"\"", r"\/", "write /");
    }

    #[test]
    fn what_does_not_end_is_said_to() {
        says("\"abc)", "\"abc)", "`\"` is missing");
        says("\"abc\\\"", "\"abc\\\"", "`\"` is missing");
        says("'a", "'a", "`'` is missing");
        says("\"\"\"a\"", "\"\"\"", "\"\"\" is missing");
        says("\"a\nb\"", "\n", "written \\n");
    }

    #[test]
    fn a_char_is_one_character() {
        says(
            "'hello'",
            "'hello'",
            "a char is one character, not 5; a string is in double quotes",
        );
        says("'ab'", "'ab'", "a string is in double quotes: \"ab\"");
        says("'e\u{301}'", "'e\u{301}'", "one character, not 2");
        says("''", "''", "no character");
        says(r"'\u{d800}'", r"\u{d800}", "a surrogate");
        says(r"'\u0041'", r"\u0041", "write \\u{41}");
    }
}

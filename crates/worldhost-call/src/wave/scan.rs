//! A text made ready for WAVE's parser, with every byte in its place: labels stand for
//! what is no token of WAVE, and for its keywords, which are read by the type that is
//! wanted. What the parser could only reject is told by its cause.

use super::bad::Bad;
use super::{literal, number};
use crate::handle::Reference;
use crate::quote::short;
use wasmtime::component::wasm_wave::lex::{Keyword, Lexer, Token};

/// The text as the parser gets it.
pub(super) fn scan(text: &str) -> Result<String, Bad> {
    let mut out = String::with_capacity(text.len());
    while let Some(c) = text[out.len()..].chars().next() {
        let at = out.len();
        let rest = &text[at..];
        match c {
            '"' | '\'' => out += &rest[..literal::length(rest, at)?],
            '/' if rest.starts_with("//") => {
                out += &rest[..rest.find('\n').unwrap_or(rest.len())];
            }
            '$' if Reference::read(rest).is_some() => {
                let len = Reference::read(rest).map_or(1, |(_, len)| len);
                out += &rest[..len].replace('$', "h").replace('.', "x");
            }
            '@' if rest.starts_with("@<") => return Err(placeholder(&rest[1..], at + 1)),
            '@' => {
                let len = match rest[1..].starts_with('"') {
                    true => 1 + literal::length(&rest[1..], at + 1)?,
                    false => run(rest, |c| !c.is_whitespace() && !",)]}".contains(c)),
                };
                out.push('f');
                out += &"x".repeat(len - 1);
            }
            '<' => return Err(placeholder(rest, at)),
            '“' | '”' | '„' | '‘' | '’' | '`' => {
                let message = format!("{c} is no quote here: strings are in \"\", chars in ''");
                return Err(Bad::new(at..at + c.len_utf8(), message));
            }
            c if begins_number(c, rest) => {
                let word = &rest[..run(rest, |c| c.is_ascii_alphanumeric() || "_.+-".contains(c))];
                number::check(word).map_err(|message| Bad::new(at..at + word.len(), message))?;
                out += word;
            }
            '%' | 'a'..='z' | 'A'..='Z' | '_' => {
                let word = &rest[..run(rest, |c| c.is_alphanumeric() || "%_-".contains(c))];
                out += &label(word).map_err(|message| Bad::new(at..at + word.len(), message))?;
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

/// A digit, or a sign or point before one or before the name of a number.
fn begins_number(c: char, text: &str) -> bool {
    let next = text.chars().nth(1).unwrap_or_default();
    c.is_ascii_digit() || "+-.".contains(c) && next.is_ascii_alphanumeric()
}

/// The length of what is at the start of the text.
fn run(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}

/// The label that stands for the word.
fn label(word: &str) -> Result<String, String> {
    let mut lexer = Lexer::new(word);
    let is_label = lexer.next() == Some(Ok(Token::LabelOrKeyword));
    if !is_label || lexer.slice().len() != word.len() {
        return Err(no_label(word));
    }
    // No label of a component differs from another in its case alone.
    Ok(match Keyword::decode(word) {
        Some(_) => word.to_uppercase(),
        None => word.to_string(),
    })
}

fn no_label(word: &str) -> String {
    let shown = short(word);
    let lower = word.to_lowercase();
    let known = match lower.as_str() {
        "infinity" => "inf",
        lower => lower,
    };
    if Keyword::decode(known).is_some() {
        return format!("`{shown}` is no word here: write {known}");
    }
    match word.replace('_', "-") {
        kebab if kebab != word && label(&kebab).is_ok() => {
            format!("`{shown}` is no label: write {}", short(&kebab))
        }
        _ => format!(
            "`{shown}` is no label: its words are of lower case, or all of upper case, with - between them"
        ),
    }
}

/// `<name: type>`, as a template has it.
fn placeholder(text: &str, at: usize) -> Bad {
    let mut depth = 0;
    let end = text.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '<') - i32::from(*c == '>');
        depth == 0
    });
    let end = end.map_or(text.len(), |(end, _)| end + 1);
    let message = "this stands for a value: put one in its place";
    Bad::new(at..at + end, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_stays_in_its_place() {
        for (text, scanned) in [
            (
                r#"($1, "$2 \" $3", '$', [$4.10], $)"#,
                r#"(h1, "$2 \" $3", '$', [h4x10], $)"#,
            ),
            (
                "(none, %none, some(nan), -inf, true) // it's\n",
                "(NONE, %none, SOME(NAN), -inf, TRUE) // it's\n",
            ),
            ("(@-, @/a/é, @\"a b\", 1)", "(fx, fxxxxx, fxxxxx, 1)"),
            ("{ok: 1, none-of-it: '\\''}", "{OK: 1, none-of-it: '\\''}"),
        ] {
            assert_eq!(scan(text).unwrap(), scanned);
            assert_eq!(scanned.len(), text.len());
        }
    }

    #[test]
    fn what_no_parser_would_take_is_told_by_its_cause() {
        for (text, marked, words) in [
            ("(1, 0x10)", "0x10", "write 16"),
            ("(NaN)", "NaN", "`NaN` is no word here: write nan"),
            ("(Infinity)", "Infinity", "write inf"),
            ("(None)", "None", "write none"),
            ("({my_field: 1})", "my_field", "write my-field"),
            ("(camelCase)", "camelCase", "its words are of lower case"),
            ("(größe)", "größe", "is no label"),
            ("(a, <b: list<u8>>)", "<b: list<u8>>", "stands for a value"),
            (
                "(@<b: stream<u8>>)",
                "<b: stream<u8>>",
                "stands for a value",
            ),
            ("(“a”)", "“", "no quote here"),
            ("(1, -nan)", "-nan", "write nan"),
        ] {
            let bad = scan(text).expect_err(text);
            assert_eq!(&text[bad.at.clone()], marked, "{text}");
            assert!(bad.message.contains(words), "{text}: {}", bad.message);
        }
    }
}

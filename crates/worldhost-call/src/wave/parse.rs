//! WAVE's parser, and its errors in words.

use super::bad::Bad;
use super::scan::scan;
use crate::quote::short;
use wasmtime::component::wasm_wave::ast::Node;
use wasmtime::component::wasm_wave::parser::{ParserError, ParserErrorKind};
use wasmtime::component::wasm_wave::untyped::UntypedValue;

/// The nodes of `(A, B, …)`.
pub(super) fn arguments(text: &str) -> Result<Vec<Node>, Bad> {
    let inner = &text[1..text.len().saturating_sub(1).max(1)];
    if inner.trim().is_empty() && text.ends_with(')') {
        return Ok(Vec::new());
    }
    let scanned = scan(text)?;
    let parsed = UntypedValue::parse(&scanned).map_err(|error| bad(&error, text))?;
    let nodes = parsed
        .node()
        .as_tuple()
        .map_err(|error| bad(&error, text))?;
    Ok(nodes.cloned().collect())
}

/// What WAVE's parser says of the text.
pub(super) fn bad(error: &ParserError, text: &str) -> Bad {
    let at = error.span();
    let token = text.get(at.clone()).unwrap_or_default();
    let message = match error.kind() {
        ParserErrorKind::UnexpectedToken | ParserErrorKind::InvalidToken => {
            let message = format!("`{}` is not expected here", short(token));
            match hint(token, &text[..at.start]) {
                Some(hint) => format!("{message}; {hint}"),
                None => message,
            }
        }
        ParserErrorKind::UnexpectedEnd => "the text ends too early".to_string(),
        ParserErrorKind::TrailingCharacters => {
            format!("`{}` is after the end of the arguments", short(token))
        }
        ParserErrorKind::DuplicateField | ParserErrorKind::DuplicateFlag => {
            format!("`{}` is there twice", short(token))
        }
        ParserErrorKind::NestingTooDeep => "values are nested too deep here".to_string(),
        ParserErrorKind::InvalidMultilineString => {
            "a string between \"\"\" begins on the next line, and its lines are indented as \
             the \"\"\" below them"
                .to_string()
        }
        kind => kind.to_string(),
    };
    Bad { at, message }
}

/// What the one who wrote it may not know.
fn hint(token: &str, before: &str) -> Option<&'static str> {
    let before = before.trim_end();
    let is_label = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if token.starts_with('"') && before.ends_with(['{', ',']) {
        return Some("labels have no quotes, which is JSON");
    }
    if token.starts_with(is_label) && before.ends_with(is_label) {
        return Some("strings are in double quotes, and values have commas between them");
    }
    (token == "=").then_some("a field is written `name: value`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_may_be_none() {
        assert!(arguments("()").unwrap().is_empty());
        assert!(arguments("( )").unwrap().is_empty());
        assert_eq!(arguments("(1, [2])").unwrap().len(), 2);
        assert!(arguments("(1").is_err());
    }

    #[test]
    fn what_the_parser_rejects_is_told_with_what_may_help() {
        for (text, marked, words) in [
            ("({\"a\": 1})", "\"a\"", "labels have no quotes"),
            ("(hello world)", "world", "double quotes"),
            ("({a = 1})", "=", "`name: value`"),
            ("({a: 1, a: 2})", "a", "`a` is there twice"),
            ("({a, b, a})", "a", "`a` is there twice"),
            ("(1) 2)", "2", "after the end"),
            ("([1, 2)", ")", "`)` is not expected here"),
        ] {
            let bad = arguments(text).map(|_| ()).expect_err(text);
            assert_eq!(&text[bad.at.clone()], marked, "{text}");
            assert!(bad.message.contains(words), "{text}: {}", bad.message);
        }
    }
}

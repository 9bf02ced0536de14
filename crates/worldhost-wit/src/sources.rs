//! The files of a package before they are parsed.

use crate::error::{Error, Result};
use crate::parse::{parse_error, syntax};
use std::iter::Peekable;
use std::str::CharIndices;
use wit_parser::{SourceMap, UnresolvedPackageGroup};

/// Text with the names that messages have for it.
#[derive(Default)]
pub(crate) struct Sources(Vec<(String, String)>);

/// An empty comment: in which file, and where in it.
struct Empty {
    file: usize,
    at: usize,
}

/// What is written there.
const EMPTY: &str = "/**/";

impl Sources {
    pub(crate) fn push(&mut self, name: &str, text: String) {
        self.0.push((name.to_string(), text));
    }

    pub(crate) fn parse(self) -> Result<UnresolvedPackageGroup> {
        self.check_comments()?;
        let mut map = SourceMap::default();
        for (name, text) in self.0 {
            map.push_str(&name, text);
        }
        parse(map)
    }

    /// That no empty comment is where the parser looks for documentation: it panics there, as does
    /// `bindgen!`. Which those are is found by comments that are not empty, in their place.
    fn check_comments(&self) -> Result<()> {
        let files = self.0.iter().enumerate();
        let empty = files
            .flat_map(|(file, (_, text))| empty_comments(text).map(move |at| Empty { file, at }));
        let empty: Vec<Empty> = empty.collect();
        if empty.is_empty() {
            return Ok(());
        }
        let mark = |number: usize| format!("/*empty comment {number}*/");
        let mut map = SourceMap::default();
        for (file, (name, text)) in self.0.iter().enumerate() {
            let mut text = text.clone();
            for (number, one) in empty.iter().enumerate().rev() {
                if one.file == file {
                    text.replace_range(one.at..one.at + EMPTY.len(), &mark(number));
                }
            }
            map.push_str(name, text);
        }
        let group = parse(map)?;
        let read = format!("{:?}{:?}", group.main, group.nested);
        let taken = (0..empty.len()).find(|number| read.contains(&mark(*number)[1..]));
        taken.map_or(Ok(()), |number| Err(self.refused(&empty[number])))
    }

    fn refused(&self, empty: &Empty) -> Error {
        let (name, text) = &self.0[empty.file];
        let before = &text[..empty.at];
        let line = before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        let snippet = text.lines().nth(line).unwrap_or_default();
        let indent = " ".repeat(before[before.len() - column..].chars().count());
        let (line, column) = (line + 1, column + 1);
        syntax(format!(
            "the parser that bindgen! has stops at an empty comment before an item; write \
             `/* */`\n     --> {name}:{line}:{column}\n      |\n {line:4} | {snippet}\n      | \
             {indent}^---"
        ))
    }
}

fn parse(map: SourceMap) -> Result<UnresolvedPackageGroup> {
    map.parse().map_err(|(map, error)| {
        let error: &(dyn std::error::Error + 'static) = &error;
        parse_error(&map, [error].into_iter())
    })
}

/// Where empty comments begin; those that are in another comment are none.
fn empty_comments(text: &str) -> impl Iterator<Item = usize> {
    let mut chars = text.char_indices().peekable();
    let next = move || {
        while let Some((at, c)) = chars.next() {
            match (c, chars.peek().map(|(_, c)| *c)) {
                ('"', _) => end_string(&mut chars),
                ('/', Some('/')) => while chars.next().is_some_and(|(_, c)| c != '\n') {},
                ('/', Some('*')) => {
                    chars.next();
                    end_comment(&mut chars);
                    if text[at..].starts_with(EMPTY) {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    };
    std::iter::from_fn(next)
}

fn end_string(chars: &mut Peekable<CharIndices<'_>>) {
    while let Some((_, c)) = chars.next() {
        match c {
            '"' => return,
            '\\' => drop(chars.next()),
            _ => {}
        }
    }
}

/// Comments are nested.
fn end_comment(chars: &mut Peekable<CharIndices<'_>>) {
    let mut depth = 1;
    while depth > 0 {
        let Some((_, c)) = chars.next() else { return };
        match (c, chars.peek().map(|(_, c)| *c)) {
            ('*', Some('/')) => depth -= 1,
            ('/', Some('*')) => depth += 1,
            _ => continue,
        }
        chars.next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<UnresolvedPackageGroup> {
        let mut sources = Sources::default();
        sources.push("a.wit", text.into());
        sources.parse()
    }

    #[test]
    fn an_empty_comment_is_refused_where_the_parser_would_panic() {
        for (text, place) in [
            ("/**/package a:b;\n", "a.wit:1:1"),
            ("package a:b;\n  /**/interface i {}\n", "a.wit:2:3"),
            (
                "package a:b;\ninterface i { f: func(); /**/ g: func(); }\n",
                "a.wit:2:26",
            ),
            (
                "package a:b;\ninterface i { /**///\n g: func(); }\n",
                "a.wit:2:15",
            ),
            (
                "package a:b;\ninterface i { record r { /**/ a: u8 } }\n",
                "a.wit:2:26",
            ),
            (
                "package a:b;\ninterface i { resource r { /**/ a: func(); } }\n",
                "a.wit:2:28",
            ),
            (
                "package a:b;\nworld w { /**/ import f: func(); }\n",
                "a.wit:2:11",
            ),
            (
                "package x:y; package a:b { /**/ interface i {} }\n",
                "a.wit:1:28",
            ),
        ] {
            let message = parsed(text).unwrap_err().to_string();
            assert!(
                message.contains(place) && message.contains("`/* */`"),
                "{message}"
            );
        }
    }

    #[test]
    fn elsewhere_it_is_a_comment() {
        for text in [
            "package a:b; // /**/\ninterface i {}\n",
            "package a:b; /* /**/ */ interface i {}\n",
            "package a:b; /* */ interface i { /***/ f: func(); /**  */ g: func(); }\n",
            "package a:b;\ninterface i { f: func(/**/ a: /**/ u8); }\n",
            "package a:b;\ninterface i { f: func(); /**/ }\n/**/",
        ] {
            parsed(text).unwrap();
        }
        let message = parsed("package a:b;\n/**/ interface i { f; }\n").unwrap_err();
        assert!(message.to_string().contains("a.wit:2:"), "{message}");
    }
}

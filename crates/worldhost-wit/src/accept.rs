//! What somebody accepts of what is found: by a comment in the text, or from outside.
//!
//! `// worldhost: accept RULE because REASON` is about the item below it, or in the same
//! line; with `RULE:ITEM` about that item, wherever the comment is.

use crate::finding::{Finding, Level, Place};
use crate::rule::Rule;
use crate::source::Wit;
use std::str::FromStr;

/// What is accepted.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    entries: Vec<Entry>,
    /// Comments that are meant to accept something, and do not say what or why.
    unclear: Vec<Finding>,
}

#[derive(Clone, Debug)]
struct Entry {
    rule: Rule,
    about: About,
    reason: String,
}

#[derive(Clone, Debug)]
enum About {
    Everything,
    Item(String),
    Line(String, usize),
}

/// A rule, and the one item of which it is not to speak: `RULE[:ITEM]`.
#[derive(Clone, Debug)]
pub struct Ignored {
    rule: Rule,
    item: Option<String>,
}

impl FromStr for Ignored {
    type Err = crate::rule::UnknownRule;

    fn from_str(text: &str) -> Result<Ignored, Self::Err> {
        let (rule, item) = match text.split_once(':') {
            Some((rule, item)) => (rule, Some(item.to_string())),
            None => (text, None),
        };
        Ok(Ignored {
            rule: rule.parse()?,
            item,
        })
    }
}

impl Accepted {
    /// What the comments of a text accept, and what is ignored from outside.
    pub fn of(wit: &Wit, ignored: &[Ignored]) -> Accepted {
        let mut accepted = Accepted::ignoring(ignored);
        for (file, text) in &wit.texts {
            accepted.read(file, text);
        }
        accepted
    }

    /// What is ignored from outside.
    pub fn ignoring(ignored: &[Ignored]) -> Accepted {
        let mut accepted = Accepted::default();
        for one in ignored {
            accepted.entries.push(Entry {
                rule: one.rule,
                about: one.item.clone().map_or(About::Everything, About::Item),
                reason: "ignored".into(),
            });
        }
        accepted
    }

    /// Why a finding is accepted, if it is.
    pub fn reason(&self, rule: Rule, item: &str, place: Option<&Place>) -> Option<&str> {
        let is = |entry: &&Entry| {
            let here = match &entry.about {
                About::Everything => true,
                About::Item(name) => name == item,
                About::Line(file, line) => {
                    place.is_some_and(|place| place.file == *file && place.line == *line)
                }
            };
            entry.rule == rule && here
        };
        let found = self.entries.iter().find(is)?;
        Some(&found.reason)
    }

    /// The comments that nobody can follow.
    pub fn unclear(&self) -> &[Finding] {
        &self.unclear
    }

    fn read(&mut self, file: &str, text: &str) {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some((before, comment)) = line.split_once("//") else {
                continue;
            };
            let Some(words) = comment.trim().strip_prefix("worldhost:") else {
                continue;
            };
            let target = match before.trim() {
                "" => at + 1 + below(&lines[at + 1..]),
                _ => at,
            };
            match entry(words.trim(), file, target + 1) {
                Ok(entry) => self.entries.push(entry),
                Err(message) => {
                    let place = Place {
                        file: file.to_string(),
                        line: at + 1,
                        column: before.chars().count() + 1,
                    };
                    self.unclear.push(Finding::new(
                        Rule::AcceptanceUnclear,
                        Level::Warning,
                        Some(place),
                        words.trim(),
                        message,
                    ));
                }
            }
        }
    }
}

/// How many lines there are before the first that is no comment, gate or blank.
fn below(lines: &[&str]) -> usize {
    let passed = lines.iter().take_while(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with("//") || line.starts_with('@')
    });
    passed.count()
}

/// `accept RULE[:ITEM] because REASON`
fn entry(words: &str, file: &str, line: usize) -> Result<Entry, String> {
    let usage = "write `// worldhost: accept RULE because REASON`";
    let rest = words
        .strip_prefix("accept ")
        .ok_or_else(|| format!("`worldhost: {words}` says nothing; {usage}"))?;
    let (what, reason) = rest
        .split_once(" because ")
        .ok_or_else(|| format!("it is accepted without a reason; {usage}"))?;
    let ignored: Ignored = what
        .trim()
        .parse()
        .map_err(|error| format!("{error}; docs/wit-rules.md has them all"))?;
    Ok(Entry {
        rule: ignored.rule,
        about: ignored
            .item
            .map_or_else(|| About::Line(file.to_string(), line), About::Item),
        reason: reason.trim().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "interface a {
  // worldhost: accept import-function-changed because nobody has it
  /// Documented.
  @since(version = 1.0.0)
  f: func();
  g: func(); // worldhost: accept parameter-renamed because it was wrong
  // worldhost: accept import-function-removed:a:b/a.h because it is gone
  // worldhost: accept nothing because
  // worldhost: accept import-function-removed
  // worldhost: hello
}";

    #[test]
    fn a_comment_accepts_what_is_below_it() {
        let mut accepted = Accepted::default();
        accepted.read("a.wit", TEXT);
        let at = |line| Place {
            file: "a.wit".into(),
            line,
            column: 3,
        };
        let reason = |rule: &str, item: &str, line| {
            accepted.reason(rule.parse().unwrap(), item, Some(&at(line)))
        };
        assert_eq!(
            reason("import-function-changed", "x", 5),
            Some("nobody has it")
        );
        assert_eq!(reason("import-function-changed", "x", 6), None);
        assert_eq!(reason("import-function-removed", "x", 5), None);
        assert_eq!(reason("parameter-renamed", "x", 6), Some("it was wrong"));
        assert_eq!(
            reason("import-function-removed", "a:b/a.h", 99),
            Some("it is gone")
        );
        let unclear: Vec<String> = accepted.unclear().iter().map(Finding::to_string).collect();
        assert_eq!(unclear.len(), 3, "{unclear:?}");
        assert!(unclear[0].contains("a.wit:8:3: warning: it is accepted without a reason"));
        assert!(unclear[2].contains("says nothing"));
    }
}

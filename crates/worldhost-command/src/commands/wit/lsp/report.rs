//! What is found in the text as it stands, file by file.

use super::files::{path, range, text, told};
use crate::commands::wit::from::{compare, is_elsewhere, read};
use crate::commands::wit::tree::Tree;
use crate::project::Names;
use crate::terminal::failure;
use lsp_types::{Diagnostic, DiagnosticSeverity, NumberOrString, Range};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use worldhost_check::Prover;
use worldhost_dev::{Review, Subject, lint, release};
use worldhost_wit::{Accepted, Edited, Finding, Level, Place, Wit};

/// What there is to be said of each file; of those that are well, nothing.
pub type Report = BTreeMap<PathBuf, Vec<Diagnostic>>;

/// What a report is made with.
pub struct Making<'a> {
    pub tree: &'a Tree,
    pub from: Option<&'a str>,
    pub prover: &'a Prover,
    pub edited: &'a Edited,
    pub project: Names,
}

impl Making<'_> {
    pub fn report(&self) -> Report {
        let mut report = Report::new();
        let found = match self.tree.found() {
            Ok(found) => found.all,
            // That is said where there is room for it: no file is at fault.
            Err(_) => return report,
        };
        let mut seen = Vec::new();
        for subject in &found {
            let again = seen.contains(&&subject.source);
            seen.push(&subject.source);
            self.subject(subject, again, &mut report);
        }
        report
    }

    fn subject(&self, subject: &Subject, again: bool, report: &mut Report) {
        let wit = match subject.edited(self.edited) {
            Ok(wit) => wit,
            Err(_) if again => return,
            Err(error) => return self.refused(subject, error.into(), report),
        };
        for name in wit.files() {
            report.entry(path(name)).or_default();
        }
        let mut findings = Vec::new();
        if !again {
            findings = lint(&wit, &Accepted::of(&wit, &[]));
        }
        let home = wit.files().next().map(String::from);
        for finding in &findings {
            self.add(report, home.as_deref(), finding, finding.message.clone());
        }
        match self.review(subject, &wit) {
            Ok((from, review)) => {
                // A version that says so is there already.
                let versioned = review.diff.is_versioned();
                for mut finding in review.diff.findings() {
                    if finding.level == Level::Note {
                        continue;
                    }
                    let message = match finding.level {
                        Level::Error => {
                            format!(
                                "breaks existing components: {} (since {from})",
                                finding.message
                            )
                        }
                        _ => finding.message.clone(),
                    };
                    finding.level = if versioned {
                        Level::Note
                    } else {
                        Level::Warning
                    };
                    self.add(report, home.as_deref(), &finding, message);
                }
            }
            // A world that is new breaks nothing.
            Err(error) if is_elsewhere(&error) => {}
            Err(error) => {
                let words = failure::line(&error, self.project);
                let note = note(format!("what breaks cannot be told: {words}"));
                report.extend(home.map(|home| (path(&home), vec![note])));
            }
        }
    }

    /// Since when, and what.
    fn review(&self, subject: &Subject, wit: &Wit) -> anyhow::Result<(String, Review)> {
        let world = wit.world(subject.world.as_deref())?;
        let released = release::newest(wit, world, &subject.source);
        let released = released.map(|path| path.display().to_string());
        let from = match (self.from, released) {
            (Some(from), _) => from.to_string(),
            (None, Some(released)) => released,
            (None, None) => "HEAD".to_string(),
        };
        let old = read(&from, subject)?;
        let review = compare(subject, &old, wit, Some(self.prover), &[])?;
        let shown = Path::new(&from)
            .file_stem()
            .filter(|_| from.ends_with(".wit"));
        let shown = shown.map_or(from.clone(), |stem| stem.to_string_lossy().into_owned());
        Ok((shown, review))
    }

    /// The text is no WIT, or lacks something.
    fn refused(&self, subject: &Subject, error: anyhow::Error, report: &mut Report) {
        let words = failure::words(&error, self.project);
        let (place, message) = told(&words);
        let message = if message.is_empty() {
            words.clone()
        } else {
            message
        };
        let file = match &place {
            Some(place) => place.file.clone(),
            None => subject.source.name(),
        };
        let file = path(&file);
        let range = self.range(&file, place.as_ref());
        let diagnostic = Diagnostic {
            range,
            severity: Some(DiagnosticSeverity::ERROR),
            source: Some("worldhost".into()),
            message,
            ..Diagnostic::default()
        };
        report.entry(file).or_default().push(diagnostic);
    }

    fn add(&self, report: &mut Report, home: Option<&str>, finding: &Finding, message: String) {
        if finding.accepted.is_some() {
            return;
        }
        // What is gone has no place any more.
        let place = finding.place.as_ref();
        let place = place.filter(|place| report.contains_key(&path(&place.file)));
        let Some(file) = place.map(|place| place.file.as_str()).or(home) else {
            return;
        };
        let file = path(file);
        let severity = match finding.level {
            Level::Error => DiagnosticSeverity::ERROR,
            Level::Warning => DiagnosticSeverity::WARNING,
            Level::Note => DiagnosticSeverity::INFORMATION,
        };
        let diagnostic = Diagnostic {
            range: self.range(&file, place),
            severity: Some(severity),
            code: Some(NumberOrString::String(finding.rule.id().into())),
            source: Some("worldhost".into()),
            message,
            ..Diagnostic::default()
        };
        let of_file = report.entry(file).or_default();
        if !of_file.contains(&diagnostic) {
            of_file.push(diagnostic);
        }
    }

    fn range(&self, file: &Path, place: Option<&Place>) -> Range {
        match place {
            Some(place) => range(&text(self.edited, file), place.line, place.column),
            None => Range::default(),
        }
    }
}

fn note(message: String) -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::INFORMATION),
        source: Some("worldhost".into()),
        message,
        ..Diagnostic::default()
    }
}

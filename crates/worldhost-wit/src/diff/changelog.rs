//! The entry for a changelog.

use super::change::{Change, ChangeKind, Effect};
use super::whole::Diff;
use std::fmt::Write;

impl Diff {
    /// What changed, in Markdown, under the package and the version that it is to have.
    /// Empty when nothing did.
    pub fn changelog(&self) -> String {
        let mut text = String::new();
        if self.changes.is_empty() {
            return text;
        }
        let head = match self.versions.first() {
            Some(version) => {
                let number = match version.right {
                    true => &version.new,
                    false => &version.needed,
                };
                let number = number.as_deref().unwrap_or("unversioned");
                format!("{} {number}", version.package)
            }
            None => self.to.clone(),
        };
        let _ = writeln!(text, "## {head}");
        for (title, is) in SECTIONS {
            let changes: Vec<&Change> = self.changes.iter().filter(|one| is(one)).collect();
            if changes.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n### {title}\n");
            for change in changes {
                let _ = writeln!(text, "- {}", change.line());
            }
        }
        text
    }
}

type Section = (&'static str, fn(&Change) -> bool);

/// Each change is in exactly one.
const SECTIONS: [Section; 4] = [
    ("Breaking", |change| change.effect == Effect::Breaking),
    ("Added", |change| {
        change.effect == Effect::Compatible && change.change == ChangeKind::Added
    }),
    ("Removed", |change| {
        change.effect == Effect::Compatible && change.change == ChangeKind::Removed
    }),
    ("Changed", |change| {
        change.effect == Effect::Compatible
            && !matches!(change.change, ChangeKind::Added | ChangeKind::Removed)
    }),
];

impl Change {
    fn line(&self) -> String {
        let headline = self.headline();
        // The name, as code.
        let what = headline.strip_suffix(&self.item).unwrap_or(&headline);
        let mut words = what.chars();
        let first = words.next().map(|c| c.to_ascii_uppercase());
        let what: String = first.into_iter().chain(words).collect();
        let mut line = format!("{what}`{}`", self.item);
        let short = |text: &Option<String>| {
            let text = text.as_ref().filter(|text| !text.contains('\n'));
            text.map(|text| text.trim_end_matches(';').to_string())
        };
        match (self.change, short(&self.old), short(&self.new)) {
            (ChangeKind::Documented, ..) => {}
            (ChangeKind::Added, _, Some(new)) => line += &format!(": `{new}`"),
            (_, Some(old), Some(new)) => line += &format!(": `{old}` is `{new}`"),
            _ => {}
        }
        line
    }
}

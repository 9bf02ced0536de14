//! `worldhost wit lint`.

use super::format::{Document, Subject, Told};
use super::tree::{Tree, name};
use crate::terminal::printing::print_wit;
use clap::Args;
use worldhost_dev::lint;
use worldhost_wit::{Accepted, Finding};

/// Find what breaks later: packages without a version, items that say not since when
/// they are there, variants that cannot grow, names that collide in Rust, unused types.
///
/// docs/wit-rules.md has the reason of each rule, and what to do.
#[derive(Args)]
#[command(after_help = "Exit codes: 0 nothing, or notes alone; 1 warnings or errors.")]
pub struct Lint {
    #[command(flatten)]
    tree: Tree,

    #[command(flatten)]
    told: Told,

    /// Count notes too.
    #[arg(long)]
    strict: bool,
}

impl Lint {
    pub fn execute(self) -> anyhow::Result<i32> {
        let mut subjects: Vec<Subject<'_>> = Vec::new();
        let mut seen: Vec<worldhost_wit::Source> = Vec::new();
        for subject in self.tree.subjects()? {
            // Several may read the same text.
            if seen.contains(&subject.source) {
                continue;
            }
            let wit = subject.now()?;
            subjects.push(Subject {
                of: name(&subject).to_string(),
                findings: lint(&wit, &Accepted::of(&wit, &self.told.ignore)),
                review: None,
                report: None,
            });
            seen.push(subject.source);
        }
        let document = Document::new("lint", subjects);
        let told = self.told.told(&document, || text(&document))?;
        print_wit(&told)?;
        let mut all = document.subjects.iter().flat_map(|one| &one.findings);
        Ok(i32::from(all.any(|finding| self.counts(finding))))
    }

    fn counts(&self, finding: &Finding) -> bool {
        let bad = self.strict || finding.level > worldhost_wit::Level::Note;
        bad && finding.accepted.is_none()
    }
}

fn text(document: &Document<'_>) -> String {
    let subject = |subject: &Subject<'_>| {
        let head = format!("of    {}\n", subject.of);
        let lines = subject
            .findings
            .iter()
            .map(|finding| format!("{finding}\n"));
        match subject.findings.is_empty() {
            true => head + "Nothing found.\n",
            false => head + &lines.collect::<String>(),
        }
    };
    let subjects = document.subjects.iter().map(subject);
    subjects.collect::<Vec<_>>().join("\n")
}

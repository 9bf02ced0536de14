//! `worldhost wit diff`.

use super::format::{Document, LeftOut, Subject, Told};
use super::from::{From, Reviewed};
use super::recovery::recover;
use super::tree::{Tree, name};
use crate::terminal::printing::print_wit;
use clap::Args;
use worldhost_dev::Review;

/// Say what changed in the world, whether existing components still load, and
/// what is left to do in the host.
///
/// Whether they load is what Wasmtime's linker says, asked with a component of the old
/// world; where it could not be asked, that is said. docs/wit-rules.md explains each
/// finding by its name.
#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 no change; 1 compatible or accepted changes; 3 breaking changes; \
    2 when the two cannot be compared.\n\nExamples:\n  \
    worldhost wit diff                          # against the last commit\n  \
    worldhost wit diff v1.2.0\n  \
    worldhost wit diff wit/released/0.1.0.wit   # against a release\n  \
    worldhost wit diff plugin.wasm              # does this component still load?\n  \
    worldhost wit diff --format github main     # in a workflow"
)]
pub struct Diff {
    #[command(flatten)]
    from: From,

    #[command(flatten)]
    tree: Tree,

    /// Take a breaking change for a compatible one if each package that breaks has the
    /// version that says so.
    #[arg(long)]
    versioned: bool,

    #[command(flatten)]
    told: Told,

    /// Print an entry for a changelog instead, in Markdown.
    #[arg(long, conflicts_with_all = ["format", "json"])]
    changelog: bool,
}

impl Diff {
    pub fn execute(self) -> anyhow::Result<i32> {
        let subjects = recover(|| self.tree.subjects())?;
        let Reviewed { reviews, left_out } = self.from.reviews(&subjects, &self.told.ignore)?;
        let told = reviews.iter().map(|(of, review)| Subject {
            of: name(of).to_string(),
            findings: review.diff.findings(),
            review: Some(review),
            report: None,
        });
        let mut document = Document::new("diff", told.collect());
        document.left_out = left_out
            .into_iter()
            .map(|(of, why)| LeftOut {
                of: name(of).to_string(),
                why,
            })
            .collect();
        let text = match self.changelog {
            true => changelog(&reviews),
            false => self.told.told(&document, || text(&document))?,
        };
        print_wit(&text)?;
        let codes = reviews.iter().map(|(_, review)| self.code(review));
        Ok(codes.max().unwrap_or(0))
    }

    fn code(&self, review: &Review) -> i32 {
        match () {
            () if review.is_empty() => 0,
            () if !review.diff.breaks() => 1,
            () if self.versioned && review.diff.is_versioned() => 1,
            () => 3,
        }
    }
}

fn text(document: &Document<'_>) -> String {
    let told = document.subjects.iter().map(|one| {
        let review = one.review.map(Review::to_string).unwrap_or_default();
        format!("of    {}\n{review}", one.of)
    });
    let left_out = document.left_out.iter();
    let left_out = left_out.map(|one| format!("left out: {}\n  {}\n", one.of, one.why));
    told.chain(left_out).collect::<Vec<_>>().join("\n")
}

/// Worlds of one package may have much in common.
fn changelog(reviews: &[(&worldhost_dev::Subject, Review)]) -> String {
    let mut entries: Vec<String> = Vec::new();
    for (_, review) in reviews {
        let entry = review.diff.changelog();
        if !entry.is_empty() && !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    entries.join("\n")
}

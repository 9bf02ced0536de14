//! `worldhost wit diff`.

use super::tree::{Tree, heading};
use crate::terminal::json;
use crate::terminal::printing::print_wit;
use clap::Args;
use std::path::Path;
use worldhost_dev::{Review, Subject};
use worldhost_wit::{Dated, Error, Wit, worlds};

/// Say what changed in the world, whether existing components still load, and
/// what is left to do in the host.
#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 no change; 1 compatible changes; 3 breaking changes; \
    2 when the two cannot be compared.\n\nExamples:\n  \
    worldhost wit diff                          # against the last commit\n  \
    worldhost wit diff v1.2.0\n  \
    worldhost wit diff wit/released/0.1.0.wit   # against a release\n  \
    worldhost wit diff plugin.wasm              # does this component still load?"
)]
pub struct Diff {
    #[command(flatten)]
    from: From,

    #[command(flatten)]
    tree: Tree,

    /// Take a breaking change for a compatible one if the package has the
    /// version that says so.
    #[arg(long)]
    versioned: bool,

    /// Print the whole as JSON.
    #[arg(long)]
    json: bool,
}

/// What it is compared with.
#[derive(Args)]
pub struct From {
    /// What to compare with: a git revision, a directory, a .wit file or a
    /// component.
    #[arg(default_value = "HEAD")]
    from: String,
}

impl Diff {
    pub fn execute(self) -> anyhow::Result<i32> {
        let subjects = self.tree.subjects()?;
        let several = subjects.len();
        let mut reviews = Vec::new();
        for subject in &subjects {
            let review = self.compare(subject, several > 1)?;
            reviews.extend(review.map(|review| (subject, review)));
        }
        let text = match (self.json, &reviews[..]) {
            (true, [(_, one)]) => json::lines(one)?,
            (true, all) => json::lines(&all.iter().map(|(_, one)| one).collect::<Vec<_>>())?,
            (false, all) => {
                let texts = all.iter().map(|(of, one)| heading(of) + &one.to_string());
                texts.collect::<Vec<_>>().join("\n")
            }
        };
        print_wit(&text)?;
        let codes = reviews.iter().map(|(_, review)| self.code(review));
        Ok(codes.max().unwrap_or(0))
    }

    fn code(&self, review: &Review) -> i32 {
        let version = review.diff.version.as_ref();
        let said = version.is_some_and(|version| version.right);
        match () {
            () if review.is_empty() => 0,
            () if review.diff.verdict.compatible || (self.versioned && said) => 1,
            () => 3,
        }
    }

    fn compare(&self, subject: &Subject, several: bool) -> anyhow::Result<Option<Review>> {
        let new = subject.now()?;
        let old = self.from.read(subject)?;
        let worlds = worlds(&old, &new, subject.world.as_deref());
        let (old_world, new_world) = match worlds {
            // What was named is about another of them.
            Err(Error::NoWorld { .. }) if several && self.from.is_path() => return Ok(None),
            worlds => worlds?,
        };
        let old = Dated {
            wit: &old,
            world: old_world,
        };
        let new = Dated {
            wit: &new,
            world: new_world,
        };
        Ok(Some(Review::between(old, new, subject.bindgen.as_ref())?))
    }
}

impl From {
    /// As [`read`].
    pub fn read(&self, subject: &Subject) -> worldhost_dev::Result<Wit> {
        read(&self.from, subject)
    }

    fn is_path(&self) -> bool {
        is_path(&self.from)
    }
}

/// A path that is there is a path; anything else is for git to know.
pub fn read(from: &str, subject: &Subject) -> worldhost_dev::Result<Wit> {
    match is_path(from) {
        true => Ok(Wit::from_path(Path::new(from))?),
        false => subject.at(from),
    }
}

fn is_path(from: &str) -> bool {
    let path = Path::new(from);
    let looks_like_file = path.extension().is_some_and(|e| e == "wit" || e == "wasm");
    path.exists() || looks_like_file
}

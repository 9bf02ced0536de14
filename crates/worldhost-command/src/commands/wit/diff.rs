//! `worldhost wit diff`.

use super::tree::Tree;
use crate::terminal::json;
use crate::terminal::printing::print_wit;
use clap::Args;
use std::path::Path;
use worldhost_dev::Review;
use worldhost_wit::{Dated, Wit, WorldId, worlds};

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
    /// What to compare with: a git revision, a directory, a .wit file or a
    /// component.
    #[arg(default_value = "HEAD")]
    from: String,

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

impl Diff {
    pub fn execute(self) -> anyhow::Result<i32> {
        let review = self.compare()?;
        let text = match self.json {
            true => json::lines(&review)?,
            false => review.to_string(),
        };
        print_wit(&text)?;
        let version = review.diff.version.as_ref();
        let said = version.is_some_and(|version| version.right);
        Ok(match () {
            () if review.is_empty() => 0,
            () if review.diff.verdict.compatible || (self.versioned && said) => 1,
            () => 3,
        })
    }

    fn compare(&self) -> anyhow::Result<Review> {
        let options = self.tree.options()?;
        let new = Wit::from_path(&self.tree.wit)?;
        let old = self.from()?;
        let wanted = self.tree.wanted(&options);
        let (old_world, new_world) = worlds(&old, &new, wanted)?;
        let (old, new) = (dated(&old, old_world), dated(&new, new_world));
        Ok(Review::between(old, new, &options)?)
    }

    /// A path that is there is a path; anything else is for git to know.
    fn from(&self) -> worldhost_wit::Result<Wit> {
        let path = Path::new(&self.from);
        let looks_like_file = path.extension().is_some_and(|e| e == "wit" || e == "wasm");
        if path.exists() || looks_like_file {
            Wit::from_path(path)
        } else {
            Wit::from_git(&self.from, &self.tree.wit)
        }
    }
}

fn dated(wit: &Wit, world: WorldId) -> Dated<'_> {
    Dated { wit, world }
}

//! `worldhost wit diff`.

use super::{Project, dated, print};
use crate::cli::json;
use clap::Args;
use std::path::Path;
use worldhost::wit::{self, Error, Wit};

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
    project: Project,

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
        let diff = self.compare()?;
        let text = match self.json {
            true => json::lines(&diff)?,
            false => diff.to_string(),
        };
        print(&text)?;
        let said = diff.version.as_ref().is_some_and(|version| version.right);
        Ok(match () {
            () if diff.is_empty() => 0,
            () if diff.verdict.compatible || (self.versioned && said) => 1,
            () => 3,
        })
    }

    fn compare(&self) -> Result<wit::Diff, Error> {
        let options = self.project.options()?;
        let new = Wit::from_path(&self.project.wit)?;
        let old = self.from()?;
        let wanted = self.project.wanted(&options);
        let (old_world, new_world) = wit::worlds(&old, &new, wanted)?;
        wit::Diff::between(
            dated(&old, old_world),
            dated(&new, new_world),
            Some(&options),
        )
    }

    /// A path that is there is a path; anything else is for git to know.
    fn from(&self) -> Result<Wit, Error> {
        let path = Path::new(&self.from);
        let looks_like_file = path.extension().is_some_and(|e| e == "wit" || e == "wasm");
        if path.exists() || looks_like_file {
            Wit::from_path(path)
        } else {
            Wit::from_git(&self.from, &self.project.wit)
        }
    }
}

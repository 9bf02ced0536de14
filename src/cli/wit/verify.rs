//! `worldhost wit verify`.

use super::{Project, print};
use crate::cli::json;
use clap::Args;
use std::path::PathBuf;
use worldhost::wit::verify;

/// Prove offline that wit/deps is what wkg.lock says, and fits this host.
///
/// Every vendored package is encoded again and its digest compared with the
/// lock's, which wkg itself does not do when it fetches. Every WASI package must
/// be locked and of the version that this host links, and every `with` key of
/// bindgen! must be used.
#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 everything holds; 1 something does not, each on a line of \
    its own with its remedy."
)]
pub struct Verify {
    #[command(flatten)]
    project: Project,

    /// The lock file [default: wkg.lock beside the directory].
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,

    /// Print the whole as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub fn execute(self) -> anyhow::Result<i32> {
        let options = self.project.options()?;
        let report = verify::verify(&verify::Tree {
            wit: &self.project.wit,
            lock: self.lock.as_deref(),
            world: self.project.wanted(&options),
            options: &options,
        })?;
        let text = match self.json {
            true => json::lines(&report)?,
            false => report.to_string(),
        };
        print(&text)?;
        Ok(i32::from(!report.problems.is_empty()))
    }
}

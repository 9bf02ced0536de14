//! `worldhost wit verify`.

use super::tree::Tree;
use crate::terminal::json;
use crate::terminal::printing::print_wit;
use clap::Args;
use std::path::PathBuf;
use worldhost::version::{WASI_P2, WASI_P3};
use worldhost_dev::verify;

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
    tree: Tree,

    /// The lock file [default: wkg.lock beside the directory].
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,

    /// Print the whole as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub fn execute(self) -> anyhow::Result<i32> {
        let options = self.tree.options()?;
        let report = verify::verify(&verify::Tree {
            wit: &self.tree.wit,
            lock: self.lock.as_deref(),
            world: self.tree.wanted(&options),
            options: &options,
            linked: &[WASI_P2, WASI_P3],
        })?;
        let text = match self.json {
            true => json::lines(&report)?,
            false => report.to_string(),
        };
        print_wit(&text)?;
        Ok(i32::from(!report.problems.is_empty()))
    }
}

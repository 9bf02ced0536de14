//! `worldhost wit verify`.

use super::tree::{Tree, heading};
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
        let subjects = self.tree.subjects()?;
        let mut reports = Vec::new();
        for subject in &subjects {
            reports.push(verify::verify(&verify::Tree {
                subject,
                lock: self.lock.as_deref(),
                linked: &[WASI_P2, WASI_P3],
            })?);
        }
        let text = match (self.json, &reports[..]) {
            (true, [one]) => json::lines(one)?,
            (true, all) => json::lines(&all)?,
            (false, _) => {
                let texts = subjects.iter().zip(&reports);
                let texts = texts.map(|(one, report)| heading(one) + &report.to_string());
                texts.collect::<Vec<_>>().join("\n")
            }
        };
        print_wit(&text)?;
        let wrong = reports.iter().any(|report| !report.problems.is_empty());
        Ok(i32::from(wrong))
    }
}

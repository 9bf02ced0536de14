//! `worldhost wit verify`.

use super::format::{Document, Subject, Told};
use super::tree::{Tree, heading, name};
use crate::terminal::printing::print_wit;
use clap::Args;
use std::path::PathBuf;
use worldhost::version::{WASI_P2, WASI_P3, WASMTIME};
use worldhost_dev::verify::{self, Fault, Report};
use worldhost_wit::Accepted;

/// Prove offline that wit/deps is what its lock says, and fits this host.
///
/// Every vendored package is made again as wkg publishes it and its digest compared with
/// the lock's, which wkg itself does not do when it fetches. What wkg.toml takes from a
/// directory is compared with it, and what wit-deps fetched with deps.lock. Every package
/// of WASI must be of the version that the host links, and every `with` key of bindgen!
/// must be used.
#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 everything holds; 1 something does not, each on a line of \
    its own with its remedy; 3 nothing is known to be wrong, and something cannot be told \
    offline."
)]
pub struct Verify {
    #[command(flatten)]
    tree: Tree,

    /// The lock file [default: wkg.lock beside wkg.toml, or at the directory or above].
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,

    /// Fail with 1, too, for what cannot be told offline.
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    told: Told,
}

impl Verify {
    pub fn execute(self) -> anyhow::Result<i32> {
        let subjects = self.tree.subjects()?;
        let mut reports = Vec::new();
        for subject in &subjects {
            let mut report = verify::verify(&verify::Tree {
                subject,
                lock: self.lock.as_deref(),
                wasmtime: WASMTIME,
                linked: &[WASI_P2, WASI_P3],
            })?;
            report.accept(&Accepted::ignoring(&self.told.ignore));
            reports.push(report);
        }
        let both = subjects.iter().zip(&reports);
        let told = both.clone().map(|(one, report)| Subject {
            of: name(one).to_string(),
            findings: report.findings(),
            review: None,
            report: Some(report),
        });
        let document = Document::new("verify", told.collect());
        let text = self.told.told(&document, || {
            let texts = both.map(|(one, report)| heading(one) + &report.to_string());
            texts.collect::<Vec<_>>().join("\n")
        })?;
        print_wit(&text)?;
        let any = |of: fn(&Report) -> &Vec<Fault>| {
            let mut faults = reports.iter().flat_map(of);
            faults.any(|fault| fault.accepted.is_none())
        };
        Ok(match any(|one| &one.unchecked) {
            _ if any(|one| &one.problems) => 1,
            true if self.strict => 1,
            true => 3,
            false => 0,
        })
    }
}

//! A component in a manifest.

use super::kind::Kind;
use std::path::PathBuf;
use worldhost_http::Address;

/// A component, and how it is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub kind: Kind,
    /// The component, as the command line has it.
    pub source: String,
    /// Options, each as one word.
    pub options: Vec<String>,
    /// The words after the component.
    pub words: Vec<String>,
    /// Where it serves.
    pub addresses: Vec<Address>,
    /// What it reads, and what it adds its output to.
    pub stdin: Option<PathBuf>,
    pub stdout: Option<PathBuf>,
    pub restart: Restart,
}

/// When one that has ended is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    Always,
    OnFailure,
    Never,
}

impl Restart {
    pub const ALL: [Restart; 3] = [Restart::Always, Restart::OnFailure, Restart::Never];

    pub fn name(self) -> &'static str {
        match self {
            Restart::Always => "always",
            Restart::OnFailure => "on-failure",
            Restart::Never => "never",
        }
    }

    /// Whether it is started again after it ended with this exit code. What cannot be run now
    /// cannot be run in a moment either.
    pub fn again(self, code: i32) -> bool {
        const NEVER_RUNS: [i32; 3] = [2, 126, 127];
        match self {
            Restart::Never => false,
            _ if NEVER_RUNS.contains(&code) => false,
            Restart::OnFailure => code != 0,
            Restart::Always => true,
        }
    }
}

impl Entry {
    /// The command that runs it, with options that the manifest does not say.
    pub fn command_line(&self, more: &[String]) -> Vec<String> {
        let own = [self.kind.name().to_string()];
        let options = self.options.iter().chain(more).cloned();
        let end = ["--".to_string(), self.source.clone()];
        let words = self.words.iter().cloned();
        own.into_iter()
            .chain(options)
            .chain(end)
            .chain(words)
            .collect()
    }
}

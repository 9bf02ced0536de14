//! `worldhost completions`.

use super::Cli;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

#[derive(Args)]
#[command(
    after_help = "Example:\n  worldhost completions bash > ~/.local/share/bash-completion/completions/worldhost"
)]
pub struct Completions {
    shell: Shell,
}

impl Completions {
    pub fn execute(self) -> anyhow::Result<i32> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "worldhost", &mut script);
        super::process::print(&script)?;
        Ok(0)
    }
}

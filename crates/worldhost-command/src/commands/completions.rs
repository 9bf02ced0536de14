//! `worldhost completions`.

use crate::terminal::printing::print;
use clap::{Args, Command};
use clap_complete::Shell;

#[derive(Args)]
#[command(
    after_help = "Example:\n  worldhost completions bash > ~/.local/share/bash-completion/completions/worldhost"
)]
pub struct Completions {
    shell: Shell,
}

impl Completions {
    /// Of the whole command line.
    pub fn execute(self, mut whole: Command) -> anyhow::Result<i32> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut whole, "worldhost", &mut script);
        print(&script)?;
        Ok(0)
    }
}

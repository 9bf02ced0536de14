//! `worldhost wit`: what a changed `wit/` directory means, without a build.

mod apply;
mod bindings;
mod diff;
mod fleet;
mod format;
mod from;
mod guest;
mod lint;
mod lsp;
mod recovery;
mod release;
mod tree;
mod verify;
mod watch;
mod writing;

pub use from::measured;

use crate::project::Names;
use clap::{Args, Subcommand};

#[derive(Args)]
pub struct WitCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Bindings(bindings::Bindings),
    Diff(diff::Diff),
    Fleet(fleet::Fleet),
    Apply(apply::Apply),
    Watch(watch::Watch),
    Guest(guest::Guest),
    Lsp(lsp::Lsp),
    Lint(lint::Lint),
    Verify(verify::Verify),
    Release(release::Release),
}

impl WitCommand {
    pub fn execute(self, project: Names) -> anyhow::Result<i32> {
        match self.command {
            Command::Bindings(command) => command.execute(),
            Command::Diff(command) => command.execute(),
            Command::Fleet(command) => command.execute(),
            Command::Apply(command) => command.execute(),
            Command::Watch(command) => command.execute(project),
            Command::Guest(command) => command.execute(),
            Command::Lsp(command) => command.execute(project),
            Command::Lint(command) => command.execute(),
            Command::Verify(command) => command.execute(),
            Command::Release(command) => command.execute(),
        }
    }
}

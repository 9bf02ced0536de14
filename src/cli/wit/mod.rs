//! `worldhost wit`: what a changed `wit/` directory means, without a build.

mod bindings;
mod diff;
mod release;
mod verify;

use super::process;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use worldhost::printable_lines;
use worldhost::wit::{Dated, Error, Options, Wit, WorldId};

#[derive(Args)]
pub struct WitCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Bindings(bindings::Bindings),
    Diff(diff::Diff),
    Verify(verify::Verify),
    Release(release::Release),
}

impl WitCommand {
    pub fn execute(self) -> anyhow::Result<i32> {
        match self.command {
            Command::Bindings(command) => command.execute(),
            Command::Diff(command) => command.execute(),
            Command::Verify(command) => command.execute(),
            Command::Release(command) => command.execute(),
        }
    }
}

/// Which project.
#[derive(Args)]
struct Project {
    /// The directory with the WIT text.
    #[arg(long, value_name = "DIR", default_value = "wit")]
    wit: PathBuf,

    /// The world [default: the one in the project's bindgen!, or the only one].
    #[arg(long, value_name = "NAME")]
    world: Option<String>,

    /// The Rust file with the project's bindgen! [default: src/bindings.rs, or
    /// the first file below src/ that reads the directory].
    #[arg(long, value_name = "FILE")]
    bindings: Option<PathBuf>,
}

impl Project {
    fn options(&self) -> Result<Options, Error> {
        if !self.wit.exists() {
            return Err(Error::NotFound {
                path: self.wit.clone(),
            });
        }
        Options::find(&self.wit, self.bindings.as_deref())
    }

    /// The name of the world that is meant, if any.
    fn wanted<'a>(&'a self, options: &'a Options) -> Option<&'a str> {
        self.world.as_deref().or(options.world.as_deref())
    }

    /// The text as it is now, its world, and the options.
    fn load(&self) -> Result<(Wit, WorldId, Options), Error> {
        let options = self.options()?;
        let wit = Wit::from_path(&self.wit)?;
        let world = wit.world(self.wanted(&options))?;
        Ok((wit, world, options))
    }
}

/// Prints WIT, or what is said of it: it may have come from a component.
fn print(text: &str) -> anyhow::Result<()> {
    process::print(printable_lines(text).as_bytes())
}

/// A world of WIT.
fn dated(wit: &Wit, world: WorldId) -> Dated<'_> {
    Dated { wit, world }
}

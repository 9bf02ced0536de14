//! `worldhost policy`.

use crate::options::schema::schema;
use crate::terminal::printing::print;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Args)]
pub struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print what can be in a policy, as a JSON Schema, for editors.
    Schema,
    /// Tell whether a file is a policy: its keys, their values, and nothing besides.
    Check {
        /// The file, in TOML.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

impl Policy {
    pub fn execute(self) -> anyhow::Result<i32> {
        match self.command {
            Command::Schema => print((serde_json::to_string_pretty(&schema())? + "\n").as_bytes())?,
            Command::Check { file } => {
                worldhost_policy::Policy::read(&file)?;
            }
        }
        Ok(0)
    }
}

//! `worldhost wit release`.

use super::Project;
use crate::cli::process;
use clap::Args;
use worldhost::wit::release;

/// Write the package as one file, wit/released/<version>.wit, to hold later
/// changes against.
///
/// The packages it depends on are nested in the file. A release that is there
/// already is never overwritten.
#[derive(Args)]
pub struct Release {
    #[command(flatten)]
    project: Project,

    /// Print it instead.
    #[arg(long)]
    print: bool,
}

impl Release {
    pub fn execute(self) -> anyhow::Result<i32> {
        let (wit, world, _) = self.project.load()?;
        if self.print {
            process::print(release::text(&wit, world)?.as_bytes())?;
        } else {
            let file = release::write(&wit, world, &self.project.wit)?;
            process::print(format!("{}\n", file.display()).as_bytes())?;
        }
        Ok(0)
    }
}

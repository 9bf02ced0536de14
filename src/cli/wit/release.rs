//! `worldhost wit release`.

use super::{Project, print};
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
            print(&release::text(&wit, world)?)?;
        } else {
            let file = release::write(&wit, world, &self.project.wit)?;
            print(&format!("{}\n", file.display()))?;
        }
        Ok(0)
    }
}

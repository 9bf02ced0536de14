//! `worldhost wit release`.

use super::tree::Tree;
use crate::terminal::printing::print_wit;
use clap::Args;
use worldhost_dev::release;

/// Write the package as one file, wit/released/<version>.wit, to hold later
/// changes against.
///
/// The packages it depends on are nested in the file. A release that is there
/// already is never overwritten.
#[derive(Args)]
pub struct Release {
    #[command(flatten)]
    tree: Tree,

    /// Print it instead.
    #[arg(long)]
    print: bool,
}

impl Release {
    pub fn execute(self) -> anyhow::Result<i32> {
        let mut lines = Vec::new();
        for subject in self.tree.subjects()? {
            let (wit, world) = subject.load()?;
            let line = match self.print {
                true => release::text(&wit, world)?,
                false => {
                    let file = release::write(&wit, world, &subject.source)?;
                    format!("{}\n", file.display())
                }
            };
            // Worlds of one package are one release.
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        print_wit(&lines.concat())?;
        Ok(0)
    }
}

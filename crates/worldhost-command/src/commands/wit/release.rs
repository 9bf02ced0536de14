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
        let (wit, world, _) = self.tree.load()?;
        if self.print {
            print_wit(&release::text(&wit, world)?)?;
        } else {
            let file = release::write(&wit, world, &self.tree.wit)?;
            print_wit(&format!("{}\n", file.display()))?;
        }
        Ok(0)
    }
}

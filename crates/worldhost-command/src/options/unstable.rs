//! The option that offers unstable items of WASI, spelt as the Wasmtime CLI spells it.

use clap::Args;
use worldhost::Unstable;
use worldhost_policy::Item;

// What is said of it in a comment for documentation, clap says of each subcommand.
#[derive(Args)]
pub struct UnstableWasi {
    /// Offer items that WASI marks as unstable: `network-error-code`.
    #[arg(
        short = 'S',
        long = "wasi",
        value_name = "NAME[=y|n],...",
        value_delimiter = ',',
        help_heading = "Grants"
    )]
    wasi: Vec<Item>,
}

impl UnstableWasi {
    pub fn unstable(&self) -> Unstable {
        let mut unstable = Unstable::default();
        for Item { feature, on } in &self.wasi {
            unstable.set(feature, *on);
        }
        unstable
    }
}

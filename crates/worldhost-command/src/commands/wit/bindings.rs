//! `worldhost wit bindings`.

use super::tree::Tree;
use crate::terminal::printing::print_wit;
use clap::Args;
use worldhost_dev::{Api, bindings};

/// Print the Rust that bindgen! generates for the world.
///
/// It is the macro's own generator with the options of the project's bindgen!,
/// run on the text as it is now; only the formatting is added.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    worldhost wit bindings | less\n  \
    worldhost wit bindings --api > api.rs")]
pub struct Bindings {
    #[command(flatten)]
    tree: Tree,

    /// Print only traits, methods and types: what a host is written against.
    #[arg(long)]
    api: bool,
}

impl Bindings {
    pub fn execute(self) -> anyhow::Result<i32> {
        let (wit, world, options) = self.tree.load()?;
        let text = match self.api {
            true => Api::of(&wit, world, &options)?.text(),
            false => bindings::generate(&wit, world, &options)?,
        };
        print_wit(&text)?;
        Ok(0)
    }
}

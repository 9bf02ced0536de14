//! `worldhost wit bindings`.

use super::tree::{Tree, name};
use crate::terminal::printing::print_wit;
use clap::Args;
use worldhost_dev::{Api, Subject, bindings};

/// Print the Rust that bindgen! generates for the world.
///
/// It is the macro's own generator with the options of the project's bindgen!,
/// run on the text as it is now; only the formatting is added. Where there is no
/// bindgen!, it has no options.
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
        let subjects = self.tree.subjects()?;
        let mut text = String::new();
        for (i, subject) in subjects.iter().enumerate() {
            if subjects.len() > 1 {
                let gap = if i > 0 { "\n" } else { "" };
                text += &format!("{gap}// {}\n\n", name(subject));
            }
            text += &self.of(subject)?;
        }
        print_wit(&text)?;
        Ok(0)
    }

    fn of(&self, subject: &Subject) -> worldhost_dev::Result<String> {
        let (wit, world) = subject.load()?;
        let options = subject.options();
        match self.api {
            true => Ok(Api::of(&wit, world, &options)?.text()),
            false => bindings::generate(&wit, world, &options),
        }
    }
}

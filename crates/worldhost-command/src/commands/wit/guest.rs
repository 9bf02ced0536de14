//! `worldhost wit guest`.

use super::tree::Tree;
use crate::options::output;
use crate::terminal::Usage;
use clap::Args;
use std::path::PathBuf;
use worldhost_dev::answering;

/// Make a component of the world that a host can be tried with.
///
/// It imports all that the world has, and its exports answer with zeros: empty texts and
/// lists, nothing, the first case. Projects of `worldhost new` have one for their test, which
/// is of the world as it was: make it anew after a change.
#[derive(Args)]
#[command(after_help = "Examples:\n  worldhost wit guest tests/guest.wasm")]
pub struct Guest {
    /// Where it goes, a .wasm file.
    #[arg(value_name = "FILE")]
    output: PathBuf,

    #[command(flatten)]
    tree: Tree,
}

impl Guest {
    pub fn execute(self) -> anyhow::Result<i32> {
        let subjects = self.tree.subjects()?;
        let [subject] = &subjects[..] else {
            let words = "there are several worlds here; name one: --world, --bindings or --wit";
            return Err(Usage(words.into()).into());
        };
        let (wit, world) = subject.load()?;
        let Some(path) = subject.source.paths.last() else {
            let words = "the world is written in Rust alone; --wit names a directory with one";
            return Err(Usage(words.into()).into());
        };
        let world = &wit.resolve.worlds[world];
        let name = match world.package {
            Some(package) => wit.resolve.id_of_name(package, &world.name),
            None => world.name.clone(),
        };
        output::write(&self.output, &answering(path, &name)?)?;
        Ok(0)
    }
}

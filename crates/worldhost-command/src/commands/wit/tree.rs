//! Which WIT, and the options of the bindings for it.

use clap::Args;
use std::path::PathBuf;
use worldhost_dev::Options;
use worldhost_wit::{Error, Wit, WorldId};

#[derive(Args)]
pub struct Tree {
    /// The directory with the WIT text.
    #[arg(long, value_name = "DIR", default_value = "wit")]
    pub wit: PathBuf,

    /// The world [default: the one in the project's bindgen!, or the only one].
    #[arg(long, value_name = "NAME")]
    world: Option<String>,

    /// The Rust file with the project's bindgen! [default: src/bindings.rs, or
    /// the first file below src/ that reads the directory].
    #[arg(long, value_name = "FILE")]
    bindings: Option<PathBuf>,
}

impl Tree {
    pub fn options(&self) -> anyhow::Result<Options> {
        if !self.wit.exists() {
            let path = self.wit.clone();
            return Err(Error::NotFound { path }.into());
        }
        Ok(Options::find(&self.wit, self.bindings.as_deref())?)
    }

    /// The name of the world that is meant, if any.
    pub fn wanted<'a>(&'a self, options: &'a Options) -> Option<&'a str> {
        self.world.as_deref().or(options.world.as_deref())
    }

    /// The text as it is now, its world, and the options.
    pub fn load(&self) -> anyhow::Result<(Wit, WorldId, Options)> {
        let options = self.options()?;
        let wit = Wit::from_path(&self.wit)?;
        let world = wit.world(self.wanted(&options))?;
        Ok((wit, world, options))
    }
}

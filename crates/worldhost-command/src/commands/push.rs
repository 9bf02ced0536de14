//! `worldhost push`.

use crate::options::loading::Loading;
use crate::options::source;
use crate::terminal::printing::print;
use anyhow::bail;
use clap::Args;
use clap::builder::ValueHint;
use std::path::PathBuf;
use worldhost::{Source, expect_component};
use worldhost_registry::{Address, Error};

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost push tool.wasm oci://registry.example.com/acme/tool:1.2
  worldhost push tool.wasm acme:tool@1.2.0

It is an artifact as wkg makes it. A tag is moved; a version that is there is not changed.
Who may push is for the registry to say: log in with `docker login HOST`.")]
pub struct Push {
    #[command(flatten)]
    loading: Loading,

    /// The component, a .wasm file.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,

    /// oci://HOST/REPOSITORY:TAG or NAMESPACE:NAME@VERSION.
    #[arg(value_name = "DESTINATION")]
    destination: String,
}

impl Push {
    pub fn execute(self) -> anyhow::Result<i32> {
        let address = Address::expect(&self.destination)?;
        if address.is_by_digest() {
            bail!(Error::Address {
                text: self.destination,
                why: "what is pushed has its digest by itself".into(),
            });
        }
        let limits = self.loading.limits();
        let source = Source::open(&self.file)?;
        let bytes = source.bytes_within(&limits)?;
        expect_component(source.name(), bytes)?;
        let pin = source::registries(&limits, false)?.push(&address, bytes.to_vec())?;
        print(format!("{pin}  {address}\n").as_bytes())?;
        Ok(0)
    }
}

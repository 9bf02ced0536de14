//! `worldhost pull`.

use crate::options::loading::Loading;
use crate::options::{output, source};
use crate::terminal::printing::print;
use crate::terminal::{Usage, failure};
use anyhow::bail;
use clap::Args;
use std::path::{Path, PathBuf};
use worldhost::Source;
use worldhost_registry::{Address, Lock, Pulled};

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost pull oci://registry.example.com/acme/tool:1.2
  worldhost pull acme:tool@1.2.0 -o tool.wasm
  worldhost pull --update --lock deploy/worldhost.lock

For each source a line is printed, as sha256sum has it: the digest of the component, as
--digest takes it, and the file.")]
pub struct Pull {
    /// Copy it to this file, too.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Take what a source is now, where it was something else before.
    #[arg(long)]
    update: bool,

    /// Pin the sources in this file, as `worldhost up` does in the worldhost.lock beside its
    /// manifest. Without SOURCE, all that are in it.
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,

    #[command(flatten)]
    loading: Loading,

    /// oci://HOST/REPOSITORY:TAG, oci://HOST/REPOSITORY@sha256:HEX or NAMESPACE:NAME@VERSION.
    #[arg(value_name = "SOURCE", required_unless_present = "lock")]
    sources: Vec<String>,
}

impl Pull {
    pub fn execute(self) -> anyhow::Result<i32> {
        let mut lock = self.lock.as_deref().map(Lock::read).transpose()?;
        let mut sources = self.sources.clone();
        if sources.is_empty() {
            sources.extend(lock.iter().flat_map(Lock::sources).map(String::from));
            if sources.is_empty() {
                failure::warn("nothing is pulled: the lock has no source yet; name SOURCE");
            }
        }
        if self.output.is_some() && sources.len() != 1 {
            bail!(Usage("--output is for one SOURCE".into()));
        }
        let limits = self.loading.limits();
        let registries = source::registries(&limits, false)?;
        for text in &sources {
            let address = Address::expect(text)?;
            let known = lock.as_ref().and_then(|lock| lock.get(&address));
            let pulled = registries.pull(&address, known, self.update)?;
            if let Some(lock) = &mut lock {
                lock.set(&address, pulled.pin);
                lock.write()?;
            }
            if let Some(now) = pulled.moved {
                failure::warn(format_args!(
                    "{address} has moved: it is {now} by now; --update takes that"
                ));
            }
            let file = match &self.output {
                None => &pulled.file,
                Some(file) => {
                    let kept = Source::open(&pulled.file)?;
                    kept.expect(&pulled.pin, &limits)?;
                    output::write(file, kept.bytes_within(&limits)?)?;
                    file
                }
            };
            say(&pulled, file)?;
        }
        Ok(0)
    }
}

fn say(pulled: &Pulled, file: &Path) -> anyhow::Result<()> {
    let line = format!("{}  {}\n", pulled.pin, file.display());
    print(line.as_bytes())
}

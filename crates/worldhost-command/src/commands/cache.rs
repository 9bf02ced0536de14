//! `worldhost cache`.

use crate::options::cache;
use crate::terminal::printing::print;
use bytesize::ByteSize;
use clap::{Args, Subcommand};
use worldhost::CacheInfo;

#[derive(Args)]
pub struct Cache {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Say where it is and what is in it.
    Info,
    /// Look at every byte, and remove what is not as it was written. Exit code 1 if
    /// there was such a file.
    Verify,
    /// Remove everything.
    Clear,
}

impl Cache {
    pub fn execute(self) -> anyhow::Result<i32> {
        let cache = cache::required()?;
        match self.action {
            Action::Info => {
                let info = cache.info()?;
                let text = format!(
                    "directory  {}\ncontents   {}\nbound      {}\n",
                    info.dir.display(),
                    contents(&info),
                    ByteSize(info.max_bytes)
                );
                print(text.as_bytes())?;
                Ok(0)
            }
            Action::Verify => {
                let removed = cache.verify()?;
                for (path, why) in &removed {
                    print(format!("removed {}: it {why}\n", path.display()).as_bytes())?;
                }
                print(format!("sound      {}\n", contents(&cache.info()?)).as_bytes())?;
                Ok(i32::from(!removed.is_empty()))
            }
            Action::Clear => {
                let was = cache.clear()?;
                print(format!("removed    {}\n", contents(&was)).as_bytes())?;
                Ok(0)
            }
        }
    }
}

/// `3 components, 41.2 MiB`.
fn contents(info: &CacheInfo) -> String {
    let noun = if info.artifacts == 1 {
        "component"
    } else {
        "components"
    };
    format!("{} {noun}, {}", info.artifacts, ByteSize(info.bytes))
}

//! Whether everything fits, before anything starts.

use super::manifest::{Checked, Entry};
use super::pins::Pins;
use crate::project::{Names, Project};
use crate::terminal::failure;
use anyhow::Context;

/// What does not fit.
pub struct Misfit {
    pub name: String,
    pub error: anyhow::Error,
}

impl Misfit {
    /// What and why, on one line.
    pub fn line<P: Project>(&self) -> String {
        format!(
            "{}: {}",
            self.name,
            failure::line(&self.error, Names::of::<P>())
        )
    }
}

/// Loads each as it would be run, pinned where it comes of a registry. What is compiled for it is
/// in the cache then.
pub async fn misfits<P: Project>(
    entries: &mut [Entry],
    pins: &mut Pins,
    verbose: bool,
) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    for entry in entries {
        let fits = async {
            let pinned = pins.pin(entry).await?;
            fits::<P>(entry, verbose).await?;
            pins.hold(pinned);
            anyhow::Ok(())
        };
        if let Err(error) = fits.await {
            let name = entry.name.clone();
            misfits.push(Misfit { name, error });
        }
    }
    misfits
}

async fn fits<P: Project>(entry: &Entry, verbose: bool) -> anyhow::Result<()> {
    let checked = Checked::read(entry.kind, &entry.command_line(&[]))?;
    if let Some(path) = &entry.stdin {
        std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    checked.fits::<P>(verbose).await
}

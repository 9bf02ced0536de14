//! `worldhost up`.

mod check;
mod child;
mod fleet;
mod keeper;
mod manifest;
mod pins;
mod relay;
mod state;
mod view;

use crate::observe::{Logging, Pages, pages};
use crate::options::source::Fetching;
use crate::project::{Names, Project};
use crate::service::{Attention, LATE};
use crate::terminal::printing::print;
use crate::terminal::{Usage, failure};
use anyhow::{Context, bail};
use check::Misfit;
use clap::Args;
use clap::builder::ValueHint;
use fleet::{Common, Fleet};
use keeper::Order;
use manifest::Entry;
use pins::Pins;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use view::View;
use worldhost::Watch;

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost up --check
  worldhost up --watch --admin-addr 127.0.0.1:9090 deploy/worldhost.toml
  worldhost up --schema > worldhost.schema.json

A manifest has a table for each component; its keys are the options of the
subcommand that runs it, and paths are relative to it:

  [component.shop]
  source = \"shop.wasm\"
  run = \"serve\"
  addr = \"127.0.0.1:8080\"
  allow-net = [\"db.example.com:5432\"]
  max-memory = \"64MiB\"")]
pub struct Up {
    /// Say whether everything fits, and start nothing.
    #[arg(long)]
    check: bool,

    /// Print what can be in a manifest, as a JSON Schema.
    #[arg(long)]
    schema: bool,

    /// Run these alone. May be given several times.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,

    /// Take the manifest anew when it changes, as SIGHUP does, and each component.
    #[arg(long)]
    watch: bool,

    #[command(flatten)]
    fetching: Fetching,

    #[command(flatten)]
    pages: Pages,

    #[command(flatten)]
    logging: Logging,

    /// The manifest.
    #[arg(value_name = "MANIFEST", default_value = "worldhost.toml", value_hint = ValueHint::FilePath)]
    manifest: PathBuf,
}

/// The log says it under this name.
macro_rules! tell {
    ($level:ident, $($words:tt)*) => { tracing::$level!(target: "up", $($words)*) };
}

impl Up {
    pub async fn execute<P: Project>(self, verbose: bool) -> anyhow::Result<i32> {
        if self.schema {
            let schema = serde_json::to_string_pretty(&manifest::schema())? + "\n";
            print(schema.as_bytes())?;
            return Ok(0);
        }
        self.logging.in_its_format();
        let file = std::path::absolute(&self.manifest)?;
        let mut entries = self.read(&file)?;
        let dir = file.parent().unwrap_or(Path::new("/"));
        std::env::set_current_dir(dir)
            .with_context(|| format!("cannot go to {}", dir.display()))?;
        let misfits = self.misfits::<P>(&file, &mut entries, verbose).await?;
        if self.check {
            return say::<P>(&entries, &misfits);
        }
        if !misfits.is_empty() {
            return refuse::<P>(&misfits);
        }
        self.logging.begin(verbose);
        self.run::<P>(&file, entries, verbose).await
    }

    /// The components that are asked for.
    fn read(&self, file: &Path) -> anyhow::Result<Vec<Entry>> {
        let name = self.manifest.display().to_string();
        let mut entries = manifest::read(file, &name)?;
        for wanted in &self.only {
            if !entries.iter().any(|entry| entry.name == *wanted) {
                let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
                bail!(Usage(format!(
                    "--only {wanted}: {name} has no such component; it has {}",
                    names.join(", ")
                )));
            }
        }
        if !self.only.is_empty() {
            entries.retain(|entry| self.only.contains(&entry.name));
        }
        Ok(entries)
    }

    /// What does not fit. What does, and comes of a registry, is pinned.
    async fn misfits<P: Project>(
        &self,
        file: &Path,
        entries: &mut [Entry],
        verbose: bool,
    ) -> anyhow::Result<Vec<Misfit>> {
        let mut pins = Pins::beside(file, self.fetching.offline)?;
        let misfits = check::misfits::<P>(entries, &mut pins, verbose).await;
        pins.write()?;
        Ok(misfits)
    }

    async fn run<P: Project>(
        &self,
        file: &Path,
        entries: Vec<Entry>,
        verbose: bool,
    ) -> anyhow::Result<i32> {
        let mut attention = Attention::new(self.watch.then(|| Watch::new(file)))?;
        let pages = self.pages.open()?;
        let fleet = Fleet::new(self.common())?;
        fleet.run(entries)?;
        for place in fleet.places() {
            tell!(info, "{place}");
        }
        let closing = Arc::new(AtomicBool::new(false));
        let _socket = pages.and_then(|listener| {
            let at = listener.name();
            tell!(
                info,
                "/healthz, /readyz, /state and /metrics of all at {at}"
            );
            let (fleet, closing) = (fleet.clone(), closing.clone());
            pages::serve(View { fleet, closing }, listener)
        });
        let renew = async || self.renew::<P>(file, &fleet, verbose).await;
        tokio::select! {
            code = fleet.is_over() => return Ok(code),
            () = attention.until_stop(None, pending(), renew) => {}
        }
        // Whoever reads that it stops must not find it ready.
        closing.store(true, Relaxed);
        Ok(stop(&fleet, attention).await)
    }

    fn common(&self) -> Common {
        let mut options = self.logging.arguments();
        if self.watch {
            options.push("--watch".into());
        }
        Common {
            json: self.logging.is_json(),
            options,
        }
    }

    /// The manifest as it is now takes over, if all of it fits; else all goes on.
    async fn renew<P: Project>(&self, file: &Path, fleet: &Fleet, verbose: bool) {
        match self.renewed::<P>(file, fleet, verbose).await {
            Ok(()) => tell!(info, "the manifest as it is now is in force"),
            Err(reasons) => {
                for why in reasons {
                    tell!(error, "all goes on as it was: {why}");
                }
            }
        }
    }

    async fn renewed<P: Project>(
        &self,
        file: &Path,
        fleet: &Fleet,
        verbose: bool,
    ) -> Result<(), Vec<String>> {
        let line = |error| vec![failure::line(&error, Names::of::<P>())];
        let mut entries = self.read(file).map_err(line)?;
        let misfits = self.misfits::<P>(file, &mut entries, verbose).await;
        let misfits = misfits.map_err(line)?;
        match misfits.is_empty() {
            true => fleet.run(entries).map_err(line),
            false => Err(misfits.iter().map(Misfit::line::<P>).collect()),
        }
    }
}

/// Has all come to their end, and gives the exit code.
async fn stop(fleet: &Fleet, mut attention: Attention) -> i32 {
    tell!(
        info,
        "stopping: all come to their end; once more, and all ends at once"
    );
    fleet.tell_all(|| Order::Stop);
    tokio::select! {
        _ = fleet.is_over() => {}
        () = attention.once_more() => {
            fleet.tell_all(|| Order::Kill);
            fleet.is_over().await;
            return LATE;
        }
    }
    match fleet.late() {
        None => 0,
        Some(name) => {
            tell!(
                error,
                "{name} had not all done in time; allow more with shutdown-timeout"
            );
            LATE
        }
    }
}

/// A line for each component.
fn say<P: Project>(entries: &[Entry], misfits: &[Misfit]) -> anyhow::Result<i32> {
    let mut text = String::new();
    for Entry { name, kind, .. } in entries {
        text += &match misfits.iter().find(|misfit| misfit.name == *name) {
            None => format!("{name}: fits, to {}\n", kind.name()),
            Some(misfit) => misfit.line::<P>() + "\n",
        };
    }
    print(text.as_bytes())?;
    let code = misfits.first().map(|misfit| failure::code(&misfit.error));
    Ok(code.unwrap_or(0))
}

/// Nothing is started when one does not fit.
fn refuse<P: Project>(misfits: &[Misfit]) -> anyhow::Result<i32> {
    for misfit in misfits {
        failure::defect(&misfit.line::<P>());
    }
    Ok(failure::code(&misfits[0].error))
}

//! What is told of a command that has an end: spans, and counts. There is no log, for what it
//! prints is its results.

use super::counts::{Counting, Counts};
use super::log::Lines;
use super::pages::{self, Pages};
use super::traces::Traces;
use super::whole;
use crate::terminal::{Usage, failure};
use anyhow::{Context, bail};
use clap::Args;
use clap::builder::ValueHint;
use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;
use tempfile::NamedTempFile;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Instrument, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context as OfLayer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use worldhost_http::{Listener, SocketFile};

#[derive(Args)]
pub struct Watched {
    #[command(flatten)]
    traces: Traces,

    #[command(flatten)]
    pages: Pages,

    /// Write what was counted to this file at the end, as text for Prometheus.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Log")]
    metrics: Option<PathBuf>,

    #[command(flatten)]
    lines: Lines,
}

impl Watched {
    /// Does the work, and has told of it who is to know. If it is one `whole`, all its spans
    /// are in one of that name. A collector knows it by the name of the component's file.
    pub async fn during<R>(
        &self,
        whole: Option<&'static str>,
        component: &Path,
        work: impl Future<Output = anyhow::Result<R>>,
    ) -> anyhow::Result<R> {
        self.lines.in_their_format();
        let file = self.metrics.as_deref().map(place).transpose()?;
        let (spans, sent) = self.traces.begin(component)?.unzip();
        let page = self.pages.open()?;
        let counts = (page.is_some() || file.is_some()).then(Counts::default);
        if spans.is_none() && counts.is_none() {
            return work.await;
        }
        // Once in this process: nobody was before.
        let _ = tracing_subscriber::registry()
            .with(spans)
            .with(counts.clone().map(Counting::of))
            .with(Warnings.with_filter(LevelFilter::ERROR))
            .try_init();
        let _socket = match counts.clone().zip(page) {
            Some((counts, page)) => serve(counts, page)?,
            None => None,
        };
        let done = work.instrument(whole::span(whole)).await;
        if let Some(sent) = sent {
            sent.end().await;
        }
        if let Some((counts, file)) = counts.zip(file)
            && let Err(error) = file.write(&counts.text())
        {
            failure::warn(format!("{error:#}"));
        }
        done
    }
}

/// The pages, on a thread of their own: a guest that computes has this one for itself. The file
/// of their socket goes with what this gives.
fn serve(counts: Counts, mut page: Listener) -> anyhow::Result<Option<SocketFile>> {
    let file = page.take_file();
    let mut executor = tokio::runtime::Builder::new_current_thread();
    let executor = executor.enable_all().build();
    let executor = executor.context("cannot start an executor for --admin-addr")?;
    let pages = move || executor.block_on(pages::served(counts, page));
    let thread = thread::Builder::new().name("pages".into());
    thread
        .spawn(pages)
        .context("cannot start a thread for --admin-addr")?;
    Ok(file)
}

/// Where the counts are to be.
struct Place<'a> {
    file: &'a Path,
    dir: &'a Path,
}

/// That there is none is told before anything is done.
fn place(file: &Path) -> anyhow::Result<Place<'_>> {
    let dir = match file.parent() {
        Some(dir) if dir != Path::new("") => dir,
        _ => Path::new("."),
    };
    let shown = || format!("--metrics {}", file.display());
    if !dir.is_dir() {
        bail!(Usage(format!(
            "{}: there is no directory {}",
            shown(),
            dir.display()
        )));
    }
    if file.is_dir() || file.file_name().is_none() {
        bail!(Usage(format!("{}: it is to be a file", shown())));
    }
    Ok(Place { file, dir })
}

impl Place<'_> {
    /// As a whole: who reads it meanwhile has what was there before.
    fn write(&self, text: &str) -> anyhow::Result<()> {
        let written = || -> std::io::Result<()> {
            let mut new = NamedTempFile::new_in(self.dir)?;
            new.write_all(text.as_bytes())?;
            readable(new.as_file())?;
            new.persist(self.file)?;
            Ok(())
        };
        written().with_context(|| format!("cannot write --metrics {}", self.file.display()))
    }
}

/// For another user: what gathers such files is seldom the same.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(PermissionsExt::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

/// What goes wrong beside the work, on stderr.
struct Warnings;

impl<S: Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: OfLayer<'_, S>) {
        let mut words = Words::default();
        event.record(&mut words);
        failure::warn(words.0);
    }
}

/// The message of an event.
#[derive(Default)]
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}

//! The log: a line for what happens, on stdout.

use crate::terminal::said;
use clap::{Args, ValueEnum};
use std::io;
use std::time::Duration;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use worldhost::Outlet;

#[derive(Args)]
pub struct Lines {
    /// How the lines of worldhost itself are written: a log on stdout, or errors, warnings and
    /// notes on stderr.
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Log"
    )]
    log_format: Format,
}

impl Lines {
    pub fn are_json(&self) -> bool {
        self.log_format == Format::Json
    }

    /// From now on, errors and warnings are such lines too.
    pub fn in_their_format(&self) {
        if self.are_json() {
            said::as_json();
        }
    }
}

#[derive(Args)]
pub struct Logging {
    #[command(flatten)]
    lines: Lines,

    /// A line in the log for each request or message.
    #[arg(long, help_heading = "Log")]
    access_log: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Logging {
    /// From now on, what `tracing` is told is written.
    pub fn begin(&self, verbose: bool) {
        // Once in this process: nobody was before.
        let _ = tracing_subscriber::registry()
            .with(self.layer(verbose))
            .try_init();
    }

    pub fn is_json(&self) -> bool {
        self.lines.are_json()
    }

    /// From now on, errors and warnings are such lines too.
    pub fn in_its_format(&self) {
        self.lines.in_their_format();
    }

    /// The same options, for another process.
    pub fn arguments(&self) -> Vec<String> {
        let format = self.is_json().then_some("--log-format=json");
        let access = self.access_log.then_some("--access-log");
        format.into_iter().chain(access).map(String::from).collect()
    }

    /// What `tracing` is to be told by.
    pub fn layer<S>(&self, verbose: bool) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let ours = if verbose { Level::DEBUG } else { Level::INFO };
        let access = match self.access_log {
            true => LevelFilter::INFO,
            false => LevelFilter::OFF,
        };
        let wanted = Targets::new()
            .with_default(LevelFilter::ERROR)
            .with_target("worldhost_http", ours)
            .with_target("worldhost_http::access", access)
            .with_target("worldhost_queue", ours)
            .with_target("worldhost_queue::access", access)
            // A line has what it needs.
            .with_target("worldhost_http::request", LevelFilter::OFF)
            .with_target("serve", LevelFilter::INFO)
            .with_target("spans", LevelFilter::INFO)
            .with_target("up", LevelFilter::INFO)
            .with_target("work", LevelFilter::INFO);
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(Stdout);
        let lines = match self.lines.log_format {
            Format::Text => lines.boxed(),
            Format::Json => lines
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .with_span_list(false)
                .boxed(),
        };
        lines.with_filter(wanted)
    }
}

/// Writes whole lines, by the way that all writing to stdout takes. Nobody waits for its
/// reader: what one does not take in time is lost.
#[derive(Clone, Copy)]
struct Stdout;

impl io::Write for Stdout {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _ = Outlet::Stdout.write_blocking(line.to_vec(), Duration::ZERO);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Stdout {
    type Writer = Stdout;

    fn make_writer(&self) -> Stdout {
        Stdout
    }
}

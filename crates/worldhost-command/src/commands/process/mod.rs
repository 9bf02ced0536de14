//! `worldhost process`.

mod format;
mod fresh;
mod inputs;
mod live;
mod queue;
mod results;
mod room;
mod shared;

use crate::observe::Watched;
use crate::options::code::Code;
use crate::options::grants::Grants;
use crate::options::guest::Guest;
use crate::project::{Names, Project};
use crate::terminal::Usage;
use crate::terminal::explained;
use crate::terminal::printing::reader_has_gone;
use anyhow::bail;
use clap::Args;
use format::Format;
use inputs::Inputs;
use results::Results;
use std::io::{self, IsTerminal};
use std::thread::available_parallelism;
use std::time::Duration;
use worldhost::{Component, Error, Instances, Output, Pool};
use worldhost_policy::InForce;

#[derive(Args)]
#[command(mut_arg("words", |words| words
    .value_names(["COMPONENT", "INPUT"])
    .help("The component, a .wasm file or a source in a registry, and the inputs; `-` stands for the lines of stdin")))]
#[command(after_help = "\
Examples:
  worldhost process plugin.wasm hello 21
  cat big.txt | worldhost process plugin.wasm | head
  worldhost process --fresh --jobs 8 plugin.wasm < lines.txt
  worldhost process --keep-going --timeout 1s plugin.wasm < lines.txt

Options for worldhost come before COMPONENT; everything after it is an input:
`-` alone is stdin, and `-5` is itself.

A result is printed as it is, and a line feed after it: one that has line feeds
takes several lines. On a terminal, what that would obey is escaped. With --json
each input has one line: {\"line\": 3, \"result\": \"...\"}, or \"input\" for one that
is an argument; a failed one has \"error\" and \"code\" in the place of \"result\".")]
pub struct Process {
    #[command(flatten)]
    grants: Grants,

    #[command(flatten)]
    code: Code,

    #[command(flatten)]
    watched: Watched,

    /// After an input that fails, go on with the next, in a fresh instance.
    #[arg(long)]
    keep_going: bool,

    /// A fresh instance for each input: none sees what another left behind. Inputs
    /// run at the same time; the results come in their order.
    #[arg(long)]
    fresh: bool,

    /// How many inputs run at the same time: with --fresh [default: one for each core], or
    /// in one instance whose export is `async` [default: 1].
    ///
    /// In one instance they run while others wait. If it traps in one of them, all that run
    /// have failed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    jobs: Option<u16>,

    /// Print a JSON object a line for each input.
    #[arg(long)]
    json: bool,

    /// End each result with a zero byte in the place of a line feed.
    #[arg(short = '0', long, conflicts_with = "json")]
    null: bool,

    #[command(flatten)]
    guest: Guest,
}

/// A plugin answers at once or is stuck; `--timeout` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

impl Process {
    /// Loads the component as it would be called.
    pub async fn fits<P: Project>(&self, verbose: bool) -> anyhow::Result<()> {
        let in_force = self.in_force::<P>()?;
        self.instances::<P>(&in_force, verbose).await.map(drop)
    }

    pub async fn execute<P: Project>(self, verbose: bool) -> anyhow::Result<i32> {
        let process = self.process::<P>(verbose);
        // Its inputs have nothing to do with each other, and may go on for ever.
        self.watched
            .during(None, self.guest.component(), process)
            .await
    }

    async fn process<P: Project>(&self, verbose: bool) -> anyhow::Result<i32> {
        let in_force = self.in_force::<P>()?;
        if self.grants.show(&in_force)? {
            return Ok(0);
        }
        let instances = self.instances::<P>(&in_force, verbose).await?;
        let mut results = Results::new(Names::of::<P>(), self.format(), self.keep_going, verbose)
            .on_first(|| self.code.went_well());
        let inputs = Inputs::new(self.guest.rest());
        let ended = match P::OVERLAPPING {
            _ if self.fresh => fresh::run::<P>(&instances, inputs, self.jobs(), &mut results),
            Some(call) => {
                let jobs = self.jobs.unwrap_or(1);
                shared::run::<P>(&instances, call, inputs, jobs, &mut results).await
            }
            None => live::run::<P>(&instances, inputs, &mut results).await,
        };
        match ended.and_then(|()| results.flush()) {
            Ok(()) => Ok(results.code),
            // The reader has what it wanted: `… | head`.
            Err(error) if reader_has_gone(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// What the component may do, where the options are such that it can be called.
    fn in_force<P: Project>(&self) -> anyhow::Result<InForce> {
        if self.jobs.is_some() && !self.fresh && P::OVERLAPPING.is_none() {
            bail!(Usage(format!(
                "--jobs needs --fresh: {} is not async, and an instance has one input at a time",
                P::EXPORT
            )));
        }
        Ok(self
            .grants
            .in_force(self.guest.component(), Some(TIMEOUT))?)
    }

    async fn instances<P: Project>(
        &self,
        in_force: &InForce,
        verbose: bool,
    ) -> anyhow::Result<Instances<P::Guest, P::Data>> {
        let (mut config, limits) = (in_force.config(), in_force.limits());
        // Jobs share it.
        let mut output = Output::Stderr;
        if self.fresh {
            config.pool = Some(Pool::new(self.jobs().into()));
            config.set_for(&limits);
            output = Output::StderrByLine;
        }
        let sandbox = in_force.sandbox()?.stdout(output.clone()).stderr(output);
        let most = in_force.load_limits();
        let found = self.code.find(self.guest.component(), most).await?;
        config.cache = self.code.cache::<P>(&sandbox, &found.file, verbose)?;
        let source = found.open_and_tell(most, verbose)?;
        let loading = self.code.load::<P>(&config, &found, &source, verbose);
        let component = loading.await?;
        has_export::<P>(&component)?;
        let instances = Instances::new(&component, sandbox, limits, P::Data::default);
        instances.map_err(|error| explained::world::<P>(error, &source))
    }

    fn format(&self) -> Format {
        match () {
            () if self.json => Format::Json,
            () if self.null => Format::Null,
            () if io::stdout().is_terminal() => Format::Terminal,
            () => Format::Lines,
        }
    }

    fn jobs(&self) -> u16 {
        let cores = || available_parallelism().map_or(1, |n| n.get().min(1000) as u16);
        self.jobs.unwrap_or_else(cores)
    }
}

/// Before the world's other exports: who gave another kind of component is told so.
fn has_export<P: Project>(component: &Component<P::Data>) -> worldhost::Result<()> {
    let exports = component.exports();
    if exports.iter().any(|name| name == P::EXPORT) {
        return Ok(());
    }
    Err(Error::NoExport {
        name: component.name().to_string(),
        wanted: P::EXPORT.to_string(),
        exports,
    })
}

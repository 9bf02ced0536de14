//! How a component is run: the subcommands that there are for it.

use crate::commands::process::Process;
use crate::commands::run::Run;
use crate::commands::serve::Serve;
use crate::commands::work::Work;
use crate::project::Project;
use clap::{Args, Command, FromArgMatches};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Serve,
    Work,
    Process,
    Run,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Serve, Kind::Work, Kind::Process, Kind::Run];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Serve => "serve",
            Kind::Work => "work",
            Kind::Process => "process",
            Kind::Run => "run",
        }
    }

    /// Whether it goes on until it is told to end, and says when it is ready.
    pub fn goes_on(self) -> bool {
        matches!(self, Kind::Serve | Kind::Work)
    }

    /// Its command line, as clap knows it.
    pub fn command(self) -> Command {
        let command = Command::new(self.name());
        match self {
            Kind::Serve => Serve::augment_args(command),
            Kind::Work => Work::augment_args(command),
            Kind::Process => Process::augment_args(command),
            Kind::Run => Run::augment_args(command),
        }
    }
}

/// A command line that was read.
pub enum Checked {
    Serve(Box<Serve>),
    Work(Box<Work>),
    Process(Box<Process>),
    Run(Box<Run>),
}

impl Checked {
    /// Reads it: the subcommand is its first word.
    pub fn read(kind: Kind, line: &[String]) -> Result<Self, clap::Error> {
        let matches = kind.command().try_get_matches_from(line)?;
        Ok(match kind {
            Kind::Serve => Checked::Serve(Box::new(Serve::from_arg_matches(&matches)?)),
            Kind::Work => Checked::Work(Box::new(Work::from_arg_matches(&matches)?)),
            Kind::Process => Checked::Process(Box::new(Process::from_arg_matches(&matches)?)),
            Kind::Run => Checked::Run(Box::new(Run::from_arg_matches(&matches)?)),
        })
    }

    /// Loads the component as it would be run, and runs nothing.
    pub async fn fits<P: Project>(&self, verbose: bool) -> anyhow::Result<()> {
        match self {
            Checked::Serve(serve) => serve.fits::<P>(verbose).await,
            Checked::Work(work) => work.fits::<P>(verbose).await,
            Checked::Process(process) => process.fits::<P>(verbose).await,
            Checked::Run(run) => run.fits::<P>(verbose).await,
        }
    }
}

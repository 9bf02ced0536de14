//! `worldhost work`.

mod answering;
mod by_export;
mod connecting;
mod load;
mod messages;
mod operation;

use crate::observe::Observe;
use crate::options::code::Code;
use crate::options::grants::Grants;
use crate::options::policy::InForce;
use crate::options::source;
use crate::project::Project;
use crate::service::{Pages, Signals, Watch};
use answering::Answering;
use anyhow::Context;
use by_export::ByExport;
use clap::Args;
use clap::builder::ValueHint;
use connecting::Connecting;
use load::Load;
use messages::Messages;
use operation::Operation;
use std::path::PathBuf;
use std::time::Duration;
use worldhost::{Output, Pool, Runtime, printable};
use worldhost_queue::Queue;

#[derive(Args)]
#[command(after_help = "\
Examples:
  worldhost work --stream JOBS --consumer resize --result-subject done.resize plugin.wasm
  worldhost work --nats tls://nats.example.com --creds work.creds --stream JOBS \\
    --consumer resize --dead-letter-subject dead.resize --timeout 10s plugin.wasm
  worldhost work --stream EVENTS --consumer score --export score --payload json score.wasm

A message is acknowledged when what came of it is stored. It is known by its
Nats-Msg-Id, or else by stream and number: a result that another worker had stored
before it was killed is stored once, within the time in which the stream of the
results tells duplicates (its --dupe-window).")]
pub struct Work {
    #[command(flatten)]
    connecting: Connecting,

    #[command(flatten)]
    messages: Messages,

    #[command(flatten)]
    export: ByExport,

    #[command(flatten)]
    grants: Grants,

    #[command(flatten)]
    observe: Observe,

    #[command(flatten)]
    code: Code,

    #[command(flatten)]
    pages: Pages,

    /// Load the component anew when its file changes, as SIGHUP does.
    #[arg(long)]
    watch: bool,

    /// The component, a .wasm file.
    #[arg(value_name = "COMPONENT", value_hint = ValueHint::FilePath)]
    component: PathBuf,
}

/// A message is done soon, or its component is stuck; `--timeout` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

impl Work {
    pub async fn execute<P: Project>(self, verbose: bool) -> anyhow::Result<i32> {
        let in_force = self.grants.in_force(&self.component, Some(TIMEOUT))?;
        if self.grants.show(&in_force)? {
            return Ok(0);
        }
        source::open(&self.component)?;
        let observed = self.observe.begin(&self.service(), verbose)?;
        let ended = self.work::<P>(&in_force, verbose).await;
        observed.end().await;
        ended
    }

    /// What others know it by: the name of its file.
    fn service(&self) -> String {
        let stem = self.component.file_stem().unwrap_or_default();
        printable(&stem.to_string_lossy()).into_owned()
    }

    async fn work<P: Project>(self, in_force: &InForce, verbose: bool) -> anyhow::Result<i32> {
        let signals = Signals::new().context("cannot wait for signals")?;
        // What is written while it is compiled is another version.
        let watch = self.watch.then(|| Watch::new(self.component.clone()));
        let load = self.load::<P>(in_force, verbose)?;
        let version = load.first().await?;
        let client = self.connecting.connection()?.open().await?;
        let queue = Queue::open(client, self.messages.settings()).await?;
        let pages = self.pages.open()?;
        let operation = Operation {
            pages,
            answering: Answering::new(version),
            load,
            signals,
            watch,
        };
        operation.run(queue, &self.messages).await
    }

    fn load<P: Project>(&self, in_force: &InForce, verbose: bool) -> anyhow::Result<Load<P>> {
        let output = Output::StderrByLine;
        let sandbox = in_force.sandbox()?.stdout(output.clone()).stderr(output);
        let (mut config, limits) = (in_force.config(), in_force.limits());
        // Messages share threads, and each has its time.
        config.interruptible = true;
        config.pool = Some(Pool::new(self.messages.jobs()));
        config.set_for(&limits);
        config.cache = self.code.cache::<P>(&sandbox, &self.component, verbose)?;
        let config = self.code.config(config);
        Ok(Load {
            runtime: Runtime::with_config(&config, P::add_to_linker)?,
            config,
            path: self.component.clone(),
            trust_compiled: self.code.trust_compiled,
            sandbox,
            limits,
            export: self.export.clone(),
            verbose,
        })
    }
}

//! `worldhost work`.

mod answering;
mod by_export;
mod connecting;
mod messages;
mod operation;

use crate::observe::Pages;
use crate::options::source::Found;
use crate::project::Project;
use crate::service::Service;
use answering::{Answering, Calling};
use by_export::ByExport;
use clap::Args;
use connecting::Connecting;
use messages::Messages;
use operation::Operation;
use std::time::Duration;
use worldhost_policy::InForce;
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
    pages: Pages,

    #[command(flatten)]
    service: Service,
}

/// A message is done soon, or its component is stuck; `--timeout` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

impl Work {
    pub async fn execute<P: Project>(self, verbose: bool) -> anyhow::Result<i32> {
        let work = async |in_force: &_, found| self.work::<P>(in_force, found, verbose).await;
        self.service.execute(Some(TIMEOUT), verbose, work).await
    }

    /// Loads the component as it would be called; no server is asked.
    pub async fn fits<P: Project>(&self, verbose: bool) -> anyhow::Result<()> {
        let in_force = self.service.in_force(Some(TIMEOUT))?;
        let found = self.service.find(&in_force).await?;
        let calling = self.calling::<P>(&in_force, found, verbose)?;
        self.connecting.connection()?;
        let loaded = calling.loader.again().await?;
        calling.version(&loaded).map(drop)
    }

    async fn work<P: Project>(
        &self,
        in_force: &InForce,
        found: Found,
        verbose: bool,
    ) -> anyhow::Result<i32> {
        let attention = self.service.attention()?;
        let calling = self.calling::<P>(in_force, found, verbose)?;
        let loaded = calling.loader.first().await?;
        let version = calling.version(&loaded)?;
        let client = self.connecting.connection()?.open().await?;
        let queue = Queue::open(client, self.messages.settings()).await?;
        let better = calling.loader.better(loaded);
        let operation = Operation {
            pages: self.pages.open()?,
            answering: Answering::new(version),
            calling,
            attention,
        };
        operation.run(queue, &self.messages, better).await
    }

    fn calling<P: Project>(
        &self,
        in_force: &InForce,
        found: Found,
        verbose: bool,
    ) -> anyhow::Result<Calling<P>> {
        let jobs = self.messages.jobs();
        Ok(Calling {
            loader: self.service.loader(in_force, found, jobs, verbose)?,
            export: self.export.clone(),
        })
    }
}

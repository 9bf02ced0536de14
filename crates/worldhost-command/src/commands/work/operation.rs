//! A worker at work: told to stop, to load anew, or nothing at all.

use super::answering::{Answering, Calling};
use super::messages::Messages;
use crate::observe::pages;
use crate::project::{Names, Project};
use crate::service::{Attention, Better, LATE};
use crate::terminal::failure;
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use tokio::sync::oneshot;
use worldhost::printable;
use worldhost_http::{Listener, Operated};
use worldhost_queue::{Counts, Ended, Queue};

/// All that is there once the component is loaded.
pub struct Operation<P: Project> {
    pub pages: Option<Listener>,
    pub answering: Arc<Answering<P>>,
    pub calling: Calling<P>,
    pub attention: Attention,
}

/// The log says it under this name.
macro_rules! tell {
    ($level:ident, $($words:tt)*) => { tracing::$level!(target: "work", $($words)*) };
}

impl<P: Project> Operation<P> {
    /// Works to the end, and gives the exit code.
    pub async fn run(
        mut self,
        queue: Queue,
        messages: &Messages,
        better: Option<Better>,
    ) -> anyhow::Result<i32> {
        let (stream, consumer) = messages.names();
        let (jobs, name) = (messages.jobs(), self.answering.version().name().to_string());
        tell!(
            info,
            "{} works on {stream}, as {consumer}, {jobs} at a time",
            printable(&name)
        );
        let counts = queue.counts();
        let worked_on = Worked {
            counts: counts.clone(),
            closing: Arc::default(),
        };
        let _socket = self.pages.take().and_then(|listener| {
            tell!(
                info,
                "/healthz, /readyz and /metrics at {}",
                listener.name()
            );
            pages::serve(worked_on.clone(), listener)
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let mut working = pin!(queue.work(self.answering.clone(), async {
            let _ = stopped.await;
        }));
        let (answering, calling) = (&self.answering, &self.calling);
        let reload = async || reload(answering, calling).await;
        let ended = tokio::select! {
            ended = &mut working => ended,
            () = self.attention.until_stop(better, pending(), reload) => {
                // Whoever reads that it stops must not find it ready.
                worked_on.closing.store(true, Relaxed);
                let here = counts.tally().in_flight;
                tell!(info, "stopping: {here} messages are to be done; once more, and all ends at once");
                let _ = stop.send(());
                tokio::select! {
                    ended = working => ended,
                    () = self.attention.once_more() => return Ok(LATE),
                }
            }
        };
        Ok(code(ended?, &counts))
    }
}

/// Another version takes over, if it can; else the one that is there goes on.
async fn reload<P: Project>(answering: &Answering<P>, calling: &Calling<P>) {
    let loaded = calling.loader.again().await;
    match loaded.and_then(|loaded| calling.version(&loaded)) {
        Ok(version) => {
            let name = printable(version.name()).into_owned();
            answering.replace(version);
            tell!(info, "{name} works on, as it is now");
        }
        Err(error) => {
            let line = failure::line(&error, Names::of::<P>());
            tell!(error, "the version before works on: {line}");
        }
    }
}

/// What the pages tell of.
#[derive(Clone)]
struct Worked {
    counts: Arc<Counts>,
    closing: Arc<AtomicBool>,
}

impl Operated for Worked {
    fn not_ready(&self) -> Option<String> {
        self.closing.load(Relaxed).then(|| "draining".into())
    }

    async fn counted(&self) -> String {
        self.counts.text()
    }
}

fn code(ended: Ended, counts: &Counts) -> i32 {
    let tally = counts.tally();
    tell!(
        info,
        "ended: {} answered, {} given up, {} given back",
        tally.answered,
        tally.given_up,
        tally.returned
    );
    match ended.drained {
        true => 0,
        false => {
            tell!(
                error,
                "not all was done in time; allow more with --shutdown-timeout"
            );
            LATE
        }
    }
}

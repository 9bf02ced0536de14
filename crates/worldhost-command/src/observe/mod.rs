//! What is told of what happens, to whom it may concern: lines of a log, spans that are sent to
//! a collector, and counts.

mod counts;
#[cfg(feature = "otlp")]
mod export;
#[cfg(not(feature = "otlp"))]
#[path = "no_export.rs"]
mod export;
mod log;
pub mod pages;
mod traces;
mod watched;
mod whole;

use clap::Args;
pub use log::Logging;
pub use pages::Pages;
use std::path::Path;
use traces::{Sent, Traces};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
pub use watched::Watched;

#[derive(Args)]
pub struct Observe {
    #[command(flatten)]
    logging: Logging,

    #[command(flatten)]
    traces: Traces,
}

/// That somebody is told. What is left to be sent is sent by [`Observed::end`].
pub struct Observed {
    traces: Option<Sent>,
}

impl Observe {
    /// From now on, what `tracing` is told is told on. With `verbose`, also what is wrong with
    /// clients. The collector knows us by the name of the component's file.
    ///
    /// # Panics
    ///
    /// Outside of an executor of Tokio.
    pub fn begin(&self, component: &Path, verbose: bool) -> anyhow::Result<Observed> {
        self.logging.in_its_format();
        let (spans, traces) = self.traces.begin(component)?.unzip();
        // Once in this process: nobody was before.
        let _ = tracing_subscriber::registry()
            .with(spans)
            .with(self.logging.layer(verbose))
            .try_init();
        Ok(Observed { traces })
    }
}

impl Observed {
    /// Has all sent that was told so far, within a moment.
    pub async fn end(self) {
        if let Some(traces) = self.traces {
            traces.end().await;
        }
    }
}

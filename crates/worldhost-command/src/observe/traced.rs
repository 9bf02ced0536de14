//! What is told of a command that has an end: its spans, and no log, for what it prints is its
//! results.

use super::traces::Traces;
use crate::terminal::failure;
use clap::Args;
use std::fmt::{self, Write};
use std::path::Path;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Args)]
pub struct Traced {
    #[command(flatten)]
    traces: Traces,
}

impl Traced {
    /// Does the work, and has its spans sent, if they are to be sent anywhere. The collector
    /// knows it by the name of the component's file.
    pub async fn during<R>(
        &self,
        component: &Path,
        work: impl Future<Output = anyhow::Result<R>>,
    ) -> anyhow::Result<R> {
        let Some((spans, sent)) = self.traces.begin(component)? else {
            return work.await;
        };
        // Once in this process: nobody was before.
        let _ = tracing_subscriber::registry()
            .with(spans)
            .with(Warnings.with_filter(LevelFilter::ERROR))
            .try_init();
        let done = work.await;
        sent.end().await;
        done
    }
}

/// What goes wrong beside the work, on stderr.
struct Warnings;

impl<S: Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
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

//! What a service hears while it goes on.

use super::loader::Better;
use super::signals::{Signals, Told};
use anyhow::Context;
use std::future::pending;
use std::pin::pin;
use worldhost::Watch;

/// Signals, and the component's file where it is watched.
pub struct Attention {
    signals: Signals,
    watch: Option<Watch>,
}

impl Attention {
    pub fn new(watch: Option<Watch>) -> anyhow::Result<Self> {
        let signals = Signals::new().context("cannot wait for signals")?;
        Ok(Attention { signals, watch })
    }

    /// Until it is to stop, by a signal or as `stopped` says. Has `reload` done whenever there
    /// is another version to load: one at a time, and the last one told stands.
    pub async fn until_stop(
        &mut self,
        mut better: Option<Better>,
        stopped: impl Future<Output = ()>,
        reload: impl AsyncFn(),
    ) {
        let mut stopped = pin!(stopped);
        let mut reloading = None;
        loop {
            let anew = tokio::select! {
                told = self.signals.next() => match told {
                    Told::Stop => return,
                    Told::Reload => true,
                },
                () = &mut stopped => return,
                () = changed(&mut self.watch) => true,
                made = is_made(&mut better) => {
                    better = None;
                    made
                }
                () = at_work(&mut reloading) => {
                    reloading = None;
                    false
                }
            };
            if anew {
                reloading = Some(Box::pin(reload()));
            }
        }
    }

    /// Until it is told to stop again.
    pub async fn once_more(&mut self) {
        while self.signals.next().await != Told::Stop {}
    }
}

/// The file is another.
async fn changed(watch: &mut Option<Watch>) {
    match watch {
        Some(watch) => watch.changed().await,
        None => pending().await,
    }
}

/// Whether better code was made.
async fn is_made(better: &mut Option<Better>) -> bool {
    match better {
        Some(made) => made.await.unwrap_or(false),
        None => pending().await,
    }
}

async fn at_work<F: Future<Output = ()> + Unpin>(work: &mut Option<F>) {
    match work {
        Some(work) => work.await,
        None => pending().await,
    }
}

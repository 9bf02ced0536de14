//! A server at work: told to stop, to load anew, or nothing at all.

use super::executors;
use super::listening::Doors;
use super::load::{Better, Load};
use crate::project::{Names, Project};
use crate::service::{Signals, Told, Watch, pages};
use crate::terminal::failure;
use std::future::pending;
use std::pin::pin;
use tokio::sync::watch;
use worldhost::printable;
use worldhost::version::Wasi;
use worldhost_http::{App, Handler, Listener};

/// All that is there once the component is loaded.
pub struct Operation<P: Project> {
    pub app: App<P::Data>,
    pub load: Load<P>,
    pub signals: Signals,
    pub watch: Option<Watch>,
}

/// The log says it under this name.
macro_rules! tell {
    ($level:ident, $($words:tt)*) => { tracing::$level!(target: "serve", $($words)*) };
}

/// What a component is ended with that was not done in time.
const LATE: i32 = 124;

impl<P: Project> Operation<P> {
    /// Serves to the end, and gives the exit code.
    pub async fn run(mut self, doors: Doors, better: Option<Better>) -> anyhow::Result<i32> {
        self.tell_what_is_served(&doors);
        let (stop, stopped) = watch::channel(false);
        let mut serving = Box::pin(executors::serve(self.app.clone(), doors.app, stopped));
        if let Some(admin) = doors.admin {
            pages::serve(self.app.clone(), admin);
        }
        tokio::select! {
            ended = &mut serving => return ended.map(|_| 0),
            () = self.until_told_to_stop(better, doors.shutdown) => {}
        }
        // Whoever reads that it stops must not find it ready.
        self.app.close();
        stop.send_replace(true);
        let time = self.app.settings().shutdown_time;
        let requests = self.app.metrics().in_flight();
        tell!(
            info,
            "stopping: {requests} requests have up to {time:?} to be done; once more, and all ends at once"
        );
        let served = tokio::select! {
            served = &mut serving => served?,
            () = self.once_more() => return Ok(LATE),
        };
        Ok(match served.drained {
            true => 0,
            false => {
                tell!(
                    error,
                    "not all requests were done within {time:?}; allow more with --shutdown-timeout"
                );
                LATE
            }
        })
    }

    fn tell_what_is_served(&self, doors: &Doors) {
        let handler = self.app.handler();
        let wasi = words(&handler);
        let name = printable(handler.component().name()).into_owned();
        for listener in &doors.app {
            tell!(info, "serving {name}, {wasi}, at {}", listener.name());
        }
        if let Some(admin) = &doors.admin {
            tell!(info, "/healthz, /readyz and /metrics at {}", admin.name());
        }
        if let Some(shutdown) = &doors.shutdown {
            tell!(info, "a connection to {} stops it", shutdown.name());
        }
    }

    /// Loads anew when it is to.
    async fn until_told_to_stop(&mut self, mut better: Option<Better>, shutdown: Option<Listener>) {
        let Operation {
            app,
            load,
            signals,
            watch,
        } = self;
        let mut shutdown = pin!(connected(shutdown));
        // One at a time; and it is given up when all is to stop.
        let mut reloading = None;
        loop {
            tokio::select! {
                told = signals.next() => match told {
                    Told::Stop => return,
                    Told::Reload => reloading = Some(Box::pin(reload(app, load))),
                },
                () = &mut shutdown => return,
                () = changed(watch) => reloading = Some(Box::pin(reload(app, load))),
                made = is_made(&mut better) => {
                    better = None;
                    if made {
                        reloading = Some(Box::pin(reload(app, load)));
                    }
                }
                () = at_work(&mut reloading) => reloading = None,
            }
        }
    }

    async fn once_more(&mut self) {
        while self.signals.next().await != Told::Stop {}
    }
}

/// Another version takes over, if it can; else the one that is there goes on.
async fn reload<P: Project>(app: &App<P::Data>, load: &Load<P>) {
    let loaded = load.again().await;
    app.metrics().count_reload(loaded.is_ok());
    match loaded {
        Ok(handler) => {
            let name = printable(handler.component().name()).into_owned();
            let wasi = words(&handler);
            app.replace(handler);
            tell!(info, "serving {name}, {wasi}, as it is now");
        }
        Err(error) => {
            let line = failure::line(&error, Names::of::<P>());
            tell!(error, "the version before is served on: {line}");
        }
    }
}

fn words<T: Send>(handler: &Handler<T>) -> String {
    let wasi: Wasi = handler.wasi();
    format!("wasi:http {}", wasi.release())
}

/// Somebody has connected.
async fn connected(listener: Option<Listener>) {
    match listener {
        Some(listener) => {
            if listener.connected().await.is_err() {
                pending::<()>().await;
            }
        }
        None => pending().await,
    }
}

/// The file is another.
async fn changed(watch: &mut Option<Watch>) {
    match watch {
        Some(watch) => watch.changed().await,
        None => pending().await,
    }
}

async fn at_work<F: Future<Output = ()> + Unpin>(work: &mut Option<F>) {
    match work {
        Some(work) => work.await,
        None => pending().await,
    }
}

async fn is_made(better: &mut Option<Better>) -> bool {
    match better {
        Some(made) => made.await.unwrap_or(false),
        None => pending().await,
    }
}

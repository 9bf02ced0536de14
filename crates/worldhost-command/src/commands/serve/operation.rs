//! A server at work: told to stop, to load anew, or nothing at all.

use super::listening::Doors;
use crate::observe::pages;
use crate::project::{Names, Project};
use crate::service::{Attention, Better, LATE, Loader};
use crate::terminal::failure;
use std::future::pending;
use tokio::sync::oneshot;
use worldhost::version::Wasi;
use worldhost::{Component, printable};
use worldhost_http::{App, Handler, Listener, Reuse, Server};

/// All that is there once the component is loaded.
pub struct Operation<P: Project> {
    pub app: App<P::Data>,
    pub handling: Handling<P>,
    pub attention: Attention,
}

/// How a handler is made of the component.
pub struct Handling<P: Project> {
    pub loader: Loader<P>,
    pub reuse: Reuse,
}

impl<P: Project> Handling<P> {
    pub fn handler(&self, component: &Component<P::Data>) -> anyhow::Result<Handler<P::Data>> {
        let Loader {
            sandbox, limits, ..
        } = &self.loader;
        let data = |_: &_| P::Data::default();
        let (sandbox, limits) = (sandbox.clone(), limits.clone());
        Ok(Handler::reusing(
            component,
            sandbox,
            limits,
            &self.reuse,
            data,
        )?)
    }
}

/// The log says it under this name.
macro_rules! tell {
    ($level:ident, $($words:tt)*) => { tracing::$level!(target: "serve", $($words)*) };
}

impl<P: Project> Operation<P> {
    /// Serves to the end, and gives the exit code.
    pub async fn run(mut self, doors: Doors, better: Option<Better>) -> anyhow::Result<i32> {
        self.tell_what_is_served(&doors);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = doors.app.into_iter();
        let server = server.fold(Server::new(self.app.clone()), Server::listen);
        let mut serving = Box::pin(server.serve(async {
            let _ = stopped.await;
        }));
        let admin = doors.admin;
        let _socket = admin.and_then(|admin| pages::serve(self.app.clone(), admin));
        let (app, handling) = (&self.app, &self.handling);
        let reload = async || reload(app, handling).await;
        let stopped = connected(doors.shutdown);
        tokio::select! {
            ended = &mut serving => return Ok(ended.map(|_| 0)?),
            () = self.attention.until_stop(better, stopped, reload) => {}
        }
        // Whoever reads that it stops must not find it ready.
        self.app.close();
        let _ = stop.send(());
        let time = self.app.settings().shutdown_time;
        let requests = self.app.metrics().in_flight();
        tell!(
            info,
            "stopping: {requests} requests have up to {time:?} to be done; once more, and all ends at once"
        );
        let served = tokio::select! {
            served = &mut serving => served?,
            () = self.attention.once_more() => return Ok(LATE),
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
}

/// Another version takes over, if it can; else the one that is there goes on.
async fn reload<P: Project>(app: &App<P::Data>, handling: &Handling<P>) {
    let loaded = handling.loader.again().await;
    let loaded = loaded.and_then(|loaded| handling.handler(&loaded.component));
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

//! How the cores are put to work. Nothing else knows of it.

use std::thread::{self, available_parallelism};
use tokio::sync::watch;
use worldhost_http::{Address, App, Listener, Served, Server};

/// Whether each core has an executor and sockets of its own, over which the system spreads
/// connections; or all have one executor, on which a core without work takes that of another.
pub const EACH_CORE: bool = false;

/// Serves until `stop` says so.
pub async fn serve<T: Send + 'static>(
    app: App<T>,
    listeners: Vec<Listener>,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Served> {
    match EACH_CORE {
        true => each_core(app, listeners, stop).await,
        false => Ok(server(app, listeners).serve(stopped(stop)).await?),
    }
}

fn server<T: Send + 'static>(app: App<T>, listeners: Vec<Listener>) -> Server<T> {
    let server = Server::new(app);
    listeners.into_iter().fold(server, Server::listen)
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// The first sockets are one core's; the others have the same ports.
async fn each_core<T: Send + 'static>(
    app: App<T>,
    listeners: Vec<Listener>,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Served> {
    let cores = available_parallelism().map_or(1, usize::from);
    let ports: Vec<Address> = listeners
        .iter()
        .filter_map(|listener| listener.name().strip_prefix("http://")?.parse().ok())
        .collect();
    let mut cores_listeners = vec![listeners];
    for _ in 1..cores {
        let bound = ports.iter().map(|port| Listener::bind(port, true));
        cores_listeners.push(bound.collect::<Result<_, _>>()?);
    }
    let mut ends = Vec::new();
    for listeners in cores_listeners {
        let (app, stop) = (app.clone(), stop.clone());
        let (end, ended) = tokio::sync::oneshot::channel();
        ends.push(ended);
        thread::spawn(move || {
            let executor = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let served = executor.and_then(|executor| {
                executor.block_on(server(app, listeners).serve(stopped(stop)))
            });
            let _ = end.send(served);
        });
    }
    let mut all = None;
    for ended in ends {
        let served = ended.await??;
        all = match all {
            Some(Served { drained: false, .. }) => all,
            _ => Some(served),
        };
    }
    all.ok_or_else(|| anyhow::anyhow!("there is no core"))
}

//! How the cores are put to work: all have one executor, on which a core without work takes
//! that of another. Nothing else knows of it.

use tokio::sync::watch;
use worldhost_http::{App, Listener, Served, Server};

/// Serves until `stop` says so.
pub async fn serve<T: Send + 'static>(
    app: App<T>,
    listeners: Vec<Listener>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<Served> {
    let server = listeners.into_iter().fold(Server::new(app), Server::listen);
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    Ok(server.serve(stopped).await?)
}

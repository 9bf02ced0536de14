//! The pages for whoever runs it: whether it is well, and what it counts.

use anyhow::Context;
use clap::Args;
use std::io;
use worldhost_http::{Address, Listener, Operated, SocketFile, serve_admin};

#[derive(Args)]
pub struct Pages {
    /// Where /healthz, /readyz and /metrics are; nowhere, unless it is given.
    #[arg(long, value_name = "ADDR", help_heading = "Listening")]
    admin_addr: Option<Address>,
}

impl Pages {
    /// Opens the socket, where there is to be one.
    pub fn open(&self) -> anyhow::Result<Option<Listener>> {
        let address = self.admin_addr.as_ref();
        address
            .map(|address| bind(address, "--admin-addr"))
            .transpose()
    }
}

/// Has the pages served from now on, beside all else. The file of their socket goes with what
/// this gives.
#[must_use]
pub fn serve(of: impl Operated, mut listener: Listener) -> Option<SocketFile> {
    let file = listener.take_file();
    tokio::spawn(served(of, listener));
    file
}

/// Serves them.
pub async fn served(of: impl Operated, listener: Listener) {
    let served: io::Result<()> = serve_admin(of, listener).await;
    if let Err(error) = served {
        tracing::error!("the pages of --admin-addr cannot be served: {error}");
    }
}

/// Listens at the address that an option names.
pub fn bind(address: &Address, option: &str) -> anyhow::Result<Listener> {
    Listener::bind(address)
        .with_context(|| format!("cannot listen at {address} (another one is named with {option})"))
}

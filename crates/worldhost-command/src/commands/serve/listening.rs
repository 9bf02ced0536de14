//! The options that say where connections come from, and how it all ends.

use crate::observe::Pages;
use crate::observe::pages::bind;
use anyhow::{Context, bail};
use clap::Args;
use std::net::Ipv4Addr;
use std::time::Duration;
use worldhost_http::{Address, Listener};
use worldhost_policy::amount;

#[derive(Args)]
pub struct Listening {
    /// Where to listen: HOST:PORT or unix:PATH. May be given several times; port 0 is any
    /// that is free [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR", help_heading = "Listening")]
    addr: Vec<Address>,

    /// Take the sockets that systemd, or another service manager, passes on (LISTEN_FDS).
    /// Without --addr, no other is opened.
    #[arg(long, help_heading = "Listening")]
    systemd_listenfd: bool,

    #[command(flatten)]
    pages: Pages,

    /// A connection to here ends the server, as SIGTERM does.
    #[arg(long, value_name = "ADDR", help_heading = "Listening")]
    shutdown_addr: Option<Address>,

    /// How long requests have to be done when it is to end.
    #[arg(
        long,
        value_name = "TIME", value_parser = amount::time,
        default_value = "30s",
        help_heading = "Listening"
    )]
    shutdown_timeout: Duration,
}

/// Sockets that are open.
pub struct Doors {
    pub app: Vec<Listener>,
    pub admin: Option<Listener>,
    pub shutdown: Option<Listener>,
}

impl Listening {
    pub fn shutdown_time(&self) -> Duration {
        self.shutdown_timeout
    }

    /// Opens the sockets. Nothing is taken from them before there is someone to answer.
    pub fn open(&self) -> anyhow::Result<Doors> {
        let mut app = match self.systemd_listenfd {
            true => inherited()?,
            false => Vec::new(),
        };
        for address in &self.addr {
            app.push(bind(address, "--addr")?);
        }
        if app.is_empty() {
            let default = Address::Tcp((Ipv4Addr::LOCALHOST, 8080).into());
            app.push(bind(&default, "--addr")?);
        }
        let shutdown = self.shutdown_addr.as_ref();
        Ok(Doors {
            app,
            admin: self.pages.open()?,
            shutdown: shutdown
                .map(|address| bind(address, "--shutdown-addr"))
                .transpose()?,
        })
    }
}

#[cfg(unix)]
fn inherited() -> anyhow::Result<Vec<Listener>> {
    let inherited = Listener::inherited().context("--systemd-listenfd")?;
    if inherited.is_empty() {
        bail!("--systemd-listenfd: nothing was passed on");
    }
    Ok(inherited)
}

#[cfg(not(unix))]
fn inherited() -> anyhow::Result<Vec<Listener>> {
    bail!("--systemd-listenfd: this system has no such thing; use --addr")
}

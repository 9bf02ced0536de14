//! The options that say what a component may touch and how much it may use,
//! shared by every subcommand that runs one.

use super::unstable::UnstableWasi;
use crate::terminal::Usage;
use anyhow::{Context, bail};
use bytesize::ByteSize;
use clap::Args;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use worldhost::{Access, Config, Limits, NetGrant, Sandbox};

#[derive(Args)]
pub struct Grants {
    /// Preopen a directory for reading and writing, under the same name or as GUEST; not
    /// one that leads to compiled code: the cache, or a .cwasm file that is run.
    #[arg(long, value_name = "HOST[::GUEST]", help_heading = "Grants")]
    dir: Vec<Dir>,

    /// Preopen a directory for reading only.
    #[arg(long, value_name = "HOST[::GUEST]", help_heading = "Grants")]
    dir_ro: Vec<Dir>,

    /// Set an environment variable, or pass on its value here.
    #[arg(long, value_name = "K[=V]", help_heading = "Grants")]
    env: Vec<Env>,

    /// Pass on the whole environment.
    #[arg(long, help_heading = "Grants")]
    inherit_env: bool,

    /// Allow connections and HTTP requests to one place, and the lookup of its name and
    /// no other; PORT may be `*`.
    #[arg(long, value_name = "HOST:PORT", help_heading = "Grants")]
    allow_net: Vec<NetGrant>,

    /// Let the names of --allow-net lead to any address: without this they lead to public
    /// ones alone, and localhost to this machine.
    #[arg(long, requires = "allow_net", help_heading = "Grants")]
    allow_private: bool,

    /// Allow the whole network, listening included.
    #[arg(long, help_heading = "Grants")]
    inherit_network: bool,

    #[command(flatten)]
    unstable: UnstableWasi,

    /// The most linear memory, all together.
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "1GiB",
        help_heading = "Limits"
    )]
    max_memory: ByteSize,

    /// The most memory of the host for what a component makes it keep or pass on: half for
    /// the values of one call, half for what its handles stand for.
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "256MiB",
        help_heading = "Limits"
    )]
    max_host_memory: ByteSize,

    /// The most elements of all tables together.
    #[arg(long, value_name = "N", default_value_t = Limits::default().table_elements, help_heading = "Limits")]
    max_table_elements: usize,

    /// The most core instances, memories and tables, each.
    #[arg(long, value_name = "N", default_value_t = Limits::default().instances, help_heading = "Limits")]
    max_instances: usize,

    /// The most open files, sockets, streams and other resources of the host.
    #[arg(long, value_name = "N", default_value_t = Limits::default().resources, help_heading = "Limits")]
    max_resources: usize,

    /// The most time for a run, a call or an input, with the start before it, host functions
    /// and readers who stall: `500ms`, `30s` or `none`, which is the default of `run` and
    /// `call`; `process` has 60s.
    #[arg(long, value_name = "TIME", help_heading = "Limits")]
    timeout: Option<Timeout>,

    /// The most instructions, in units of fuel; compiled code is slower for it.
    #[arg(long, value_name = "UNITS", help_heading = "Limits")]
    fuel: Option<u64>,
}

impl Grants {
    /// The sandbox of these grants, stdio still to be set.
    pub fn sandbox(&self) -> anyhow::Result<Sandbox> {
        let mut sandbox = Sandbox::new();
        if self.inherit_env {
            // Names and values that are no Unicode cannot be given to a component.
            for (name, value) in std::env::vars_os() {
                if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
                    sandbox = sandbox.env(name, value);
                }
            }
        }
        for Env { name, value } in &self.env {
            let value = match value {
                Some(value) => value.clone(),
                None => inherited(name)?,
            };
            sandbox = sandbox.env(name, value);
        }
        for dir in &self.dir {
            sandbox = sandbox.dir(&dir.host, &dir.guest, Access::ReadWrite)?;
        }
        for dir in &self.dir_ro {
            sandbox = sandbox.dir(&dir.host, &dir.guest, Access::ReadOnly)?;
        }
        for grant in &self.allow_net {
            sandbox = sandbox.allow_net(grant.clone());
        }
        if self.allow_private {
            sandbox = sandbox.allow_private_addresses();
        }
        if self.inherit_network {
            sandbox = sandbox.inherit_network();
        }
        Ok(sandbox)
    }

    /// The limits, with `timeout` where the command line names none.
    pub fn limits(&self, timeout: Option<Duration>) -> Limits {
        let mut limits = Limits::default();
        limits.memory = bytes(self.max_memory);
        limits.host_memory = bytes(self.max_host_memory);
        limits.hostcall_bytes = limits.host_memory;
        limits.table_elements = self.max_table_elements;
        limits.instances = self.max_instances;
        limits.resources = self.max_resources;
        limits.fuel = self.fuel;
        limits.timeout = self.timeout.map_or(timeout, |given| given.0);
        limits
    }

    /// The engine that these limits need, with `timeout` where the command line names
    /// none.
    pub fn config(&self, timeout: Option<Duration>) -> Config {
        let mut config = Config::default();
        config.fuel = self.fuel.is_some();
        config.unstable = self.unstable.unstable();
        // There is one instance at a time, and what may go on beside it is its
        // connections.
        let network = self.inherit_network || !self.allow_net.is_empty();
        config.interruptible = self.limits(timeout).timeout.is_some() || network;
        config
    }
}

fn bytes(size: ByteSize) -> usize {
    usize::try_from(size.as_u64()).unwrap_or(usize::MAX)
}

/// `K=V`, or `K` for the value that it has here.
#[derive(Clone)]
struct Env {
    name: String,
    value: Option<String>,
}

impl FromStr for Env {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (text, None),
        };
        if name.is_empty() {
            return Err("has no name; write NAME=VALUE, or NAME to pass its value on");
        }
        Ok(Env {
            name: name.to_string(),
            value,
        })
    }
}

fn inherited(name: &str) -> anyhow::Result<String> {
    let value = std::env::var_os(name).with_context(|| {
        Usage(format!(
            "--env {name}: it is not set here; give it a value: --env {name}=VALUE"
        ))
    })?;
    match value.into_string() {
        Ok(value) => Ok(value),
        Err(_) => bail!(Usage(format!(
            "--env {name}: its value here is no Unicode; give another: --env {name}=VALUE"
        ))),
    }
}

/// `HOST`, or `HOST::GUEST`.
#[derive(Clone)]
struct Dir {
    host: PathBuf,
    guest: String,
}

impl FromStr for Dir {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, guest) = text.split_once("::").unwrap_or((text, text));
        if host.is_empty() || guest.is_empty() {
            return Err("has an empty side; write HOST or HOST::GUEST");
        }
        Ok(Dir {
            host: host.into(),
            guest: guest.to_string(),
        })
    }
}

#[derive(Clone, Copy)]
struct Timeout(Option<Duration>);

impl FromStr for Timeout {
    type Err = humantime::DurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Timeout(None));
        }
        humantime::parse_duration(text).map(|time| Timeout(Some(time)))
    }
}

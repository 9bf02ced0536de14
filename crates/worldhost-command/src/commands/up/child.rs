//! A process that runs one component.

use super::manifest::Entry;
use super::relay::Relay;
use crate::options::apart::itself;
use anyhow::Context;
use command_fds::{CommandFdExt, FdMapping};
use rustix::process::{Pid, Signal, kill_process, set_parent_process_death_signal};
use std::fs::File;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child as Process, Command};
use worldhost::Outlet;
use worldhost_http::{Address, Listener, ask};

/// What is to be run, and by what.
#[derive(Clone)]
pub struct Plan {
    pub entry: Entry,
    pub sockets: Vec<Arc<Listener>>,
    pub relay: Relay,
    /// Options that all have that know them.
    pub options: Vec<String>,
    /// Where sockets of one's own can be.
    pub dir: Arc<TempDir>,
}

/// A process.
pub struct Child {
    process: Process,
    pid: u32,
    pages: Option<Address>,
}

/// The first descriptor that is passed on; the others follow.
const FIRST: i32 = 3;

impl Plan {
    /// Starts it. `number` is another one each time.
    pub fn start(&self, number: u64) -> anyhow::Result<Child> {
        let Entry { name, kind, .. } = &self.entry;
        let mut options = self.options.clone();
        let pages = kind
            .goes_on()
            .then(|| self.dir.path().join(format!("{name}.{number}")));
        if let Some(socket) = &pages {
            options.push(format!("--admin-addr=unix:{}", socket.display()));
        }
        if !self.sockets.is_empty() {
            options.push("--systemd-listenfd".into());
        }
        let mut command = Command::from(itself().context("cannot tell what runs components")?);
        command
            .args(self.entry.command_line(&options))
            .stdin(self.stdin()?)
            .stdout(self.stdout()?)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            // What the terminal says to stop is said to us, and we say it to all.
            .process_group(0)
            .env_remove("LISTEN_PID")
            .env("LISTEN_FDS", self.sockets.len().to_string());
        let sockets = self.sockets.iter().zip(FIRST..);
        let mappings = sockets.map(|(socket, child_fd)| {
            let parent_fd = socket.descriptor()?;
            Ok(FdMapping {
                parent_fd,
                child_fd,
            })
        });
        let mappings: std::io::Result<Vec<_>> = mappings.collect();
        command
            .fd_mappings(mappings?)
            .context("two descriptors have one number")?;
        // SAFETY: it is one system call, which allocates nothing and takes no lock.
        unsafe {
            command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::TERM))?));
        }
        let mut process = command.spawn().context("cannot start a process")?;
        let pid = process.id().context("the process has ended at once")?;
        if let Some(stdout) = process.stdout.take() {
            self.relay.pass(stdout, Outlet::Stdout);
        }
        if let Some(stderr) = process.stderr.take() {
            self.relay.pass(stderr, Outlet::Stderr);
        }
        Ok(Child {
            process,
            pid,
            pages: pages.map(Address::Unix),
        })
    }

    fn stdin(&self) -> anyhow::Result<Stdio> {
        Ok(match &self.entry.stdin {
            None => Stdio::null(),
            Some(path) => File::open(path)
                .with_context(|| format!("cannot read {}", path.display()))?
                .into(),
        })
    }

    fn stdout(&self) -> anyhow::Result<Stdio> {
        Ok(match &self.entry.stdout {
            None => Stdio::piped(),
            Some(path) => File::options()
                .create(true)
                .append(true)
                .open(path)
                .with_context(|| format!("cannot write {}", path.display()))?
                .into(),
        })
    }
}

impl Child {
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Where it tells how it is.
    pub fn pages(&self) -> Option<&Address> {
        self.pages.as_ref()
    }

    pub fn tell(&self, signal: Signal) {
        // There is none of one that has ended and was waited for: it is another's by then.
        if let Some(pid) = self.process.id()
            && let Some(pid) = Pid::from_raw(pid as i32)
        {
            let _ = kill_process(pid, signal);
        }
    }

    /// Waits for its end, and gives the exit code.
    pub async fn ended(&mut self) -> i32 {
        let status = self.process.wait().await;
        status.map_or(-1, code)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Some(Address::Unix(socket)) = &self.pages {
            let _ = std::fs::remove_file(socket);
        }
    }
}

/// As a shell has it.
fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    let signal = || status.signal().map_or(-1, |signal| 128 + signal);
    status.code().unwrap_or_else(signal)
}

/// Waits until it says that it is ready.
pub async fn is_ready(pages: Option<Address>) {
    let Some(pages) = pages else { return };
    loop {
        let asked = ask(&pages, "/readyz", MOST);
        let told = tokio::time::timeout(OFTEN * 100, asked).await;
        if told.is_ok_and(|told| told.is_ok_and(|(status, _)| status.is_success())) {
            return;
        }
        tokio::time::sleep(OFTEN).await;
    }
}

/// How often one is asked that is not there yet.
const OFTEN: Duration = Duration::from_millis(20);

/// The longest page.
pub const MOST: usize = 4 << 20;

//! Cranelift's code for later runs, made by a process of its own in the background, after a
//! run that went well.
//!
//! It is meant not to be noticed. It runs on one core, gives way to everything else,
//! is the first to go when memory is short, and stops after so much time and with so much
//! memory. There is one for each user and never two; it says nothing, and holds nothing of
//! the process that started it: no terminal, no pipe, no directory.

use super::apart::itself;
use super::loading::{self, Loading};
use super::proposals::{self, Switches};
use super::{cache, source};
use clap::Args;
#[cfg(unix)]
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use worldhost::{Config, Pool, compile};

#[derive(Args)]
pub struct Optimize {
    #[arg(long)]
    fuel: bool,
    #[arg(long)]
    interruptible: bool,
    #[arg(long)]
    pooled: bool,
    /// It has no file of another process any more.
    #[arg(long)]
    alone: bool,
    #[command(flatten)]
    switches: Switches,
    #[command(flatten)]
    loading: Loading,
    component: PathBuf,
}

/// Starts it, and does not wait for it. That it cannot be started costs speed only.
pub fn later(config: &Config, path: &Path) {
    let Some(mut command) = command(config, path) else {
        return;
    };
    if let Ok(mut child) = command.spawn() {
        // So that it is no zombie when it ends before this process does.
        let _ = std::thread::Builder::new().spawn(move || child.wait());
    }
}

fn command(config: &Config, path: &Path) -> Option<Command> {
    let mut command = itself().ok()?;
    command.arg("optimize");
    if config.fuel {
        command.arg("--fuel");
    }
    if config.interruptible {
        command.arg("--interruptible");
    }
    if config.pool.is_some() {
        command.arg("--pooled");
    }
    command.args(proposals::argument(&config.proposals));
    command.args(loading::arguments(&config.load));
    // The file itself, also when the path is one like /dev/fd/3. A pipe has been read.
    let file = path.canonicalize().ok().filter(|file| file.is_file())?;
    command.arg("--").arg(file);
    if let Some(dir) = std::env::var_os("WORLDHOST_CACHE_DIR") {
        command.env("WORLDHOST_CACHE_DIR", std::path::absolute(dir).ok()?);
    }
    command.current_dir("/");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Some(command)
}

impl Optimize {
    pub fn execute(self) -> anyhow::Result<i32> {
        let limits = self.loading.limits();
        #[cfg(unix)]
        if !self.alone {
            return Err(again_alone().into());
        }
        step_aside();
        compile::bound_this_process(limits.compile_memory, MOST);
        let mut config = Config::default();
        config.fuel = self.fuel;
        config.interruptible = self.interruptible;
        config.pool = self.pooled.then(Pool::default);
        config.one_core = true;
        config.proposals = self.switches.proposals();
        config.load = limits;
        config.cache = Some(cache::required()?);
        // No pipe that has its name by now: there would be no such process after this one.
        compile::optimize(&config, &source::open_regular(&self.component)?)?;
        Ok(0)
    }
}

/// Becomes this program once more, without what a shell or a build tool had open for others
/// than us: a lock or pipe that stayed open here would keep someone waiting.
///
/// Nothing is closed that something in this process has: the system does it, when there is
/// no such process any more. So it does not matter what was opened or started before.
#[cfg(unix)]
fn again_alone() -> std::io::Error {
    use std::os::unix::process::CommandExt;
    let open = std::fs::read_dir("/dev/fd").into_iter().flatten();
    let open = open.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    for fd in open.filter(|fd: &i32| *fd > 2) {
        // SAFETY: it is not read, written or closed. If it is closed by now there is an
        // error, and if it is another file's, that is not to be inherited either.
        let fd = unsafe { BorrowedFd::borrow_raw(fd) };
        let _ = rustix::io::fcntl_setfd(fd, rustix::io::FdFlags::CLOEXEC);
    }
    match itself() {
        Ok(mut command) => command
            .args(["optimize", "--alone"])
            .args(std::env::args_os().skip(2))
            .exec(),
        Err(error) => error,
    }
}

/// Gives way to every other process. What the system does not allow is left out.
#[cfg(unix)]
fn step_aside() {
    // Not ended by the terminal that its starter was started from.
    let _ = rustix::process::setsid();
    let _ = rustix::process::nice(19);
    // Linux shares the CPU between sessions first, and only then by niceness.
    let _ = std::fs::write("/proc/self/autogroup", "19");
}

#[cfg(not(unix))]
fn step_aside() {}

/// CPU time after which it is given up: ten times what the largest component took.
const MOST: Duration = Duration::from_secs(120);

//! Cranelift's code for later runs, made by a process of its own in the background.
//!
//! It is meant not to be noticed. It runs on one core, gives way to everything else,
//! is the first to go when memory is short, and stops after so much time. There is
//! one for each user and never two; it says nothing, and holds nothing of the process
//! that started it: no terminal, no pipe, no directory.

use super::proposals::{self, Switches};
use super::{cache, source};
use clap::Args;
#[cfg(unix)]
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use worldhost::{Config, Pool, compile};

#[derive(Args)]
pub struct Optimize {
    #[arg(long)]
    fuel: bool,
    #[arg(long)]
    interruptible: bool,
    #[arg(long)]
    pooled: bool,
    #[command(flatten)]
    switches: Switches,
    component: PathBuf,
}

/// Starts it, and does not wait for it. That it cannot be started costs speed only.
pub fn later(config: &Config, path: &Path) {
    let Some(mut command) = command(config, path) else {
        return;
    };
    if let Ok(mut child) = command.spawn() {
        // So that it is no zombie when it ends before this process does.
        std::thread::spawn(move || child.wait());
    }
}

fn command(config: &Config, path: &Path) -> Option<Command> {
    let mut command = Command::new(std::env::current_exe().ok()?);
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
        step_aside();
        let mut config = Config::default();
        config.fuel = self.fuel;
        config.interruptible = self.interruptible;
        config.pool = self.pooled.then(Pool::default);
        config.one_core = true;
        config.proposals = self.switches.proposals();
        config.cache = Some(cache::required()?);
        compile::optimize(&config, &source::open(&self.component)?)?;
        Ok(0)
    }
}

/// Gives way to every other process. What the system does not allow is left out.
#[cfg(unix)]
fn step_aside() {
    use rustix::process::{Resource, Rlimit, nice, setrlimit, setsid};

    close_inherited();
    // Not ended by the terminal that its starter was started from.
    let _ = setsid();
    let _ = nice(19);
    // Linux shares the CPU between sessions first, and only then by niceness.
    let _ = std::fs::write("/proc/self/autogroup", "19");
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let seconds = Some(MAX_SECONDS);
    let limit = Rlimit {
        current: seconds,
        maximum: seconds,
    };
    let _ = setrlimit(Resource::Cpu, limit);
}

#[cfg(not(unix))]
fn step_aside() {}

/// CPU time after which it is given up: ten times what the largest component took.
#[cfg(unix)]
const MAX_SECONDS: u64 = 120;

/// Closes what a shell or a build tool had open for others than us: a lock or pipe
/// that stayed open here would keep someone waiting.
#[cfg(unix)]
fn close_inherited() {
    let Ok(open) = std::fs::read_dir("/dev/fd") else {
        return;
    };
    let open: Vec<i32> = open
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|fd| *fd > 2)
        .collect();
    for fd in open {
        // SAFETY: this process has opened nothing yet that it uses. What is closed
        // already, as the directory that was read, is left alone.
        unsafe {
            if rustix::io::fcntl_getfd(BorrowedFd::borrow_raw(fd)).is_ok() {
                drop(OwnedFd::from_raw_fd(fd));
            }
        }
    }
}

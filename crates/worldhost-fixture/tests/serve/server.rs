//! The command, serving a component until the test is over.
#![allow(dead_code, reason = "each test uses its part")]

use crate::support;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A server on a port of its own. It is gone with this.
pub struct Server {
    child: Child,
    stdout: Arc<Lines>,
    stderr: Arc<Lines>,
    pub address: SocketAddr,
}

/// What came of a stream so far.
#[derive(Default)]
struct Lines {
    /// And whether that is all.
    text: Mutex<(String, bool)>,
    more: Condvar,
}

/// Long enough for any machine; nothing waits for it unless it fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

impl Server {
    /// Serves a guest with these options.
    pub fn of(guest: &str, options: &[&str]) -> Self {
        Self::of_file(&support::guest(guest), options)
    }

    pub fn of_file(component: &Path, options: &[&str]) -> Self {
        let mut command = support::command();
        command.args(["serve", "--addr", "127.0.0.1:0"]);
        command.args(options).arg(component);
        Self::spawn(command)
    }

    /// A command that serves at a port which its log tells.
    pub fn spawn(mut command: std::process::Command) -> Self {
        command.stdin(Stdio::null());
        Self::spawn_as_it_is(command)
    }

    /// As [`Server::spawn`], of a command that has a stdin.
    pub fn spawn_as_it_is(command: std::process::Command) -> Self {
        let mut server = Self::unready(command);
        let line = server.logged("serving ");
        let address = line.split("http://").nth(1);
        let address = address.map(|text| text.split(['"', ' ']).next().unwrap());
        if let Some(address) = address {
            server.address = address.parse().unwrap();
        }
        server
    }

    /// A command that may not have come to its log.
    pub fn unready(mut command: std::process::Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = Lines::read(child.stdout.take().unwrap());
        let stderr = Lines::read(child.stderr.take().unwrap());
        Server {
            child,
            stdout,
            stderr,
            address: ([127, 0, 0, 1], 0).into(),
        }
    }

    /// Waits for a line of the log with these words, and gives it.
    #[track_caller]
    pub fn logged(&self, words: &str) -> String {
        self.stdout.wait(words)
    }

    /// Waits for a line of stderr with these words, and gives it.
    #[track_caller]
    pub fn said(&self, words: &str) -> String {
        self.stderr.wait(words)
    }

    /// The log so far.
    pub fn log(&self) -> String {
        self.stdout.held().0.clone()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &pid])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end that it was told to come to.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "it goes on: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The most memory that it had resident, in bytes.
    pub fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
        kilobytes.parse::<u64>().unwrap() << 10
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("stdout of the server:\n{}", self.log());
            eprintln!("stderr:\n{}", self.stderr.held().0);
        }
    }
}

impl Lines {
    fn read(stream: impl Read + Send + 'static) -> Arc<Self> {
        let lines = Arc::new(Lines::default());
        let into = lines.clone();
        std::thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            while stream.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
                into.text.lock().unwrap().0.push_str(&line);
                into.more.notify_all();
                line.clear();
            }
            into.text.lock().unwrap().1 = true;
            into.more.notify_all();
        });
        lines
    }

    /// Also after a test has failed over it.
    fn held(&self) -> MutexGuard<'_, (String, bool)> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[track_caller]
    fn wait(&self, words: &str) -> String {
        let start = Instant::now();
        let mut text = self.held();
        loop {
            if let Some(line) = text.0.lines().find(|line| line.contains(words)) {
                return line.to_string();
            }
            let late = start.elapsed() > PATIENCE;
            assert!(!text.1 && !late, "no line has {words:?}:\n{}", text.0);
            text = self
                .more
                .wait_timeout(text, Duration::from_secs(1))
                .unwrap()
                .0;
        }
    }
}

/// Waits until it is so.
#[track_caller]
pub fn until(mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < PATIENCE, "it never came to be so");
        std::thread::sleep(Duration::from_millis(10));
    }
}

//! The command at work on a manifest of the test's own.

use crate::server::Server;
use crate::support::{self, Scratch};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Output;

/// A directory with guests and a manifest.
pub struct Place(Scratch);

impl Place {
    pub fn new(manifest: &str) -> Self {
        let place = Place(Scratch::new());
        for name in ["web", "web-p3", "plugin-rust", "command"] {
            place.put(&format!("{name}.wasm"), &support::guest(name));
        }
        place.write(manifest);
        place
    }

    /// Another manifest takes the place of the one that there is.
    pub fn write(&self, manifest: &str) -> PathBuf {
        self.0.file("worldhost.toml", manifest)
    }

    pub fn put(&self, name: &str, file: &std::path::Path) {
        self.0.file(name, std::fs::read(file).unwrap());
    }

    pub fn file(&self, name: &str, bytes: &str) -> PathBuf {
        self.0.file(name, bytes)
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    pub fn command(&self, options: &[&str]) -> std::process::Command {
        let mut command = support::command();
        command.arg("up").args(options);
        command.arg(self.0.path().join("worldhost.toml"));
        command
    }

    /// It comes to its end by itself.
    pub fn ends(&self, options: &[&str]) -> Ended {
        Ended(self.command(options).output().unwrap())
    }

    /// It goes on.
    pub fn up(&self, options: &[&str]) -> Server {
        Server::unready(self.command(options))
    }
}

pub struct Ended(Output);

impl Ended {
    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }
}

/// Where a component serves, as the log says.
pub fn address(server: &Server, name: &str) -> SocketAddr {
    let line = server.logged(&format!("{name} at http://"));
    of(&line)
}

/// Where the pages of all are.
pub fn pages(server: &Server) -> SocketAddr {
    of(&server.logged("/metrics of all at "))
}

fn of(line: &str) -> SocketAddr {
    let address = line.split("http://").nth(1).unwrap();
    address.split('"').next().unwrap().trim().parse().unwrap()
}

/// The number in a line about a process.
pub fn process(line: &str) -> u32 {
    let number = line.split("process ").nth(1).unwrap();
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

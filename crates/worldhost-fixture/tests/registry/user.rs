//! A user of registries, and what the command says to that user.

use crate::support::{self, Scratch, guest, one_line};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::process::{Command, Output};

/// A user with a cache and a configuration of wkg of its own.
pub struct User(pub Scratch);

pub const HELLO: &str = "hello from a command\n";

impl User {
    /// Whose packages are in a directory.
    pub fn new() -> Self {
        let user = User(Scratch::new());
        let config = format!(
            "[namespace_registries]\nacme = \"acme.test\"\n[registry.\"acme.test\".local]\n\
             root = \"{}\"\n",
            user.path("packages").display()
        );
        user.0.file("wkg.toml", config);
        user
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A component that says hello, or another that says nothing.
    pub fn component(&self, hello: bool) -> (PathBuf, String) {
        let bytes = match hello {
            true => std::fs::read(guest("command")).unwrap(),
            false => support::wasi_command("", "i32.const 0"),
        };
        let hex = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        let name = if hello { "hello.wasm" } else { "silent.wasm" };
        (self.0.file(name, bytes), format!("sha256:{hex}"))
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = support::command();
        command.args(words).current_dir(self.0.path());
        command.env("WORLDHOST_CACHE_DIR", self.path("cache"));
        command.env("WKG_CONFIG_FILE", self.path("wkg.toml"));
        command.env("DOCKER_CONFIG", self.path("docker"));
        command.env("NO_PROXY", "127.0.0.1");
        command
    }

    pub fn says(&self, words: &[&str]) -> Said {
        Said(self.command(words).output().unwrap())
    }

    /// Puts it there, and gives its digest.
    pub fn push(&self, hello: bool, to: &str) -> String {
        let (file, digest) = self.component(hello);
        let said = self.says(&["push", file.to_str().unwrap(), to]);
        said.is(0, &format!("{digest}  {to}\n"));
        digest
    }

    /// The file in the store.
    pub fn stored(&self, digest: &str) -> PathBuf {
        let hex = digest.strip_prefix("sha256:").unwrap();
        self.path(&format!("cache/components/{hex}.wasm"))
    }
}

pub struct Said(pub Output);

impl Said {
    #[track_caller]
    pub fn is(&self, code: i32, stdout: &str) {
        let said = (
            self.0.status.code(),
            String::from_utf8_lossy(&self.0.stdout),
        );
        let stderr = String::from_utf8_lossy(&self.0.stderr);
        assert_eq!(said, (Some(code), stdout.into()), "{stderr}");
    }

    /// It fails with an error that has these words.
    #[track_caller]
    pub fn fails(&self, code: i32, words: &[&str]) {
        let line = one_line(&self.0.stderr);
        assert_eq!(self.0.status.code(), Some(code), "{line}");
        for words in words {
            assert!(line.contains(words), "{words}: {line}");
        }
    }

    #[track_caller]
    pub fn warns(&self, words: &str) {
        let stderr = String::from_utf8_lossy(&self.0.stderr);
        assert!(
            stderr.contains("warning: ") && stderr.contains(words),
            "{stderr}"
        );
    }
}

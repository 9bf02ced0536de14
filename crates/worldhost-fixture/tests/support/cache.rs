//! A cache of a test's own, and what is in it.

use super::{Scratch, command, plugin_with};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

/// A cache that is empty, for one test.
pub struct Cache(Scratch);

impl Cache {
    pub fn new() -> Self {
        let cache = Cache(Scratch::new());
        fs::set_permissions(cache.dir(), fs::Permissions::from_mode(0o700)).unwrap();
        cache
    }

    pub fn dir(&self) -> &Path {
        self.0.path()
    }

    pub fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = command();
        command.env("WORLDHOST_CACHE_DIR", self.dir()).args(args);
        command
    }

    /// Runs `process` on one input, which has to succeed, and returns stderr.
    #[track_caller]
    pub fn process(&self, options: &[&str], component: &Path, answer: &str) -> String {
        let mut command = self.command(&["process"]);
        let output = command.args(options).arg(component).arg("x").output();
        succeeded(output.unwrap(), answer)
    }

    /// The files with compiled code.
    pub fn artifacts(&self) -> Vec<PathBuf> {
        let mut found = self.files("code");
        found.retain(|path| path.extension().is_some_and(|found| found == "cwasm"));
        found
    }

    pub fn files(&self, dir: &str) -> Vec<PathBuf> {
        let dir = fs::read_dir(self.dir().join(dir)).unwrap();
        dir.map(|entry| entry.unwrap().path()).collect()
    }

    /// As [`Cache::files`], where nothing may have been kept yet.
    pub fn files_if_any(&self, dir: &str) -> Vec<PathBuf> {
        match self.dir().join(dir).exists() {
            true => self.files(dir),
            false => Vec::new(),
        }
    }

    #[track_caller]
    pub fn artifact(&self) -> PathBuf {
        let found = self.artifacts();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    }

    /// `cache ACTION`: exit code and stdout.
    pub fn says(&self, action: &str) -> (Option<i32>, String) {
        let output = self.command(&["cache", action]).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    }
}

#[track_caller]
pub fn succeeded(output: Output, answer: &str) -> String {
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("{answer}\n")
    );
    stderr
}

/// A plugin that answers every input with this.
pub fn answers(answer: &str) -> Vec<u8> {
    let data = format!(r#"(data (i32.const 32) "{answer}")"#);
    let body = format!(
        "(i32.store (i32.const 8) (i32.const 32))
         (i32.store (i32.const 12) (i32.const {}))
         (i32.const 8)",
        answer.len()
    );
    plugin_with(&data, &body)
}

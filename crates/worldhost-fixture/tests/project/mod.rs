//! A scratch project whose WIT the tests change.
#![allow(dead_code, reason = "each test file uses its part")]

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Plain, Output};
use tempfile::TempDir;

/// The project that is copied: this crate, with the scripts of the workspace.
pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");
pub const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

pub struct Project(TempDir);

impl Project {
    /// Nothing in it.
    pub fn empty() -> Project {
        Project(TempDir::new().unwrap())
    }

    /// A copy of this project's text: wit/, wkg.lock, src/ and scripts/.
    pub fn copy() -> Project {
        let project = Project::empty();
        for dir in ["wit", "src"] {
            copy(&Path::new(ROOT).join(dir), &project.path(dir));
        }
        copy(
            &Path::new(WORKSPACE).join("scripts"),
            &project.path("scripts"),
        );
        for file in ["wkg.lock", "Cargo.toml"] {
            fs::copy(Path::new(ROOT).join(file), project.path(file)).unwrap();
        }
        project
    }

    /// The copy, in a git repository of one commit.
    pub fn committed() -> Project {
        let project = Project::copy();
        project.commit();
        project
    }

    pub fn commit(&self) {
        if !self.path(".git").exists() {
            self.git(&["init", "-q"]);
        }
        self.git(&["add", "-A"]);
        let who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
        self.git(&[&who[..], &["commit", "-q", "-m", "as it was"]].concat());
    }

    pub fn git(&self, args: &[&str]) {
        let status = Plain::new("git")
            .current_dir(self.0.path())
            .args(args)
            .status();
        assert!(status.expect("git is installed").success(), "git {args:?}");
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub fn write(&self, path: &str, text: &str) -> &Project {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Replaces a text that must be there.
    #[track_caller]
    pub fn edit(&self, path: &str, from: &str, to: &str) -> &Project {
        let text = self.read(path);
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.write(path, &text.replacen(from, to, 1))
    }

    pub fn remove(&self, path: &str) -> &Project {
        let path = self.path(path);
        match path.is_dir() {
            true => fs::remove_dir_all(path).unwrap(),
            false => fs::remove_file(path).unwrap(),
        }
        self
    }

    /// `worldhost wit ...` in the project.
    pub fn wit(&self, args: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_worldhost-fixture"));
        command.current_dir(self.0.path()).arg("wit").args(args);
        command.env("WKG_CACHE_DIR", self.path("wkg-cache"));
        Said::of(&command.env_remove("RUST_BACKTRACE").output().unwrap())
    }
}

/// What a command said, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn of(output: &Output) -> Said {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Checks the exit code, and that stdout and stderr have all the parts.
    #[track_caller]
    pub fn has(&self, code: i32, parts: &[&str]) -> &Said {
        let Said { out, err, .. } = self;
        assert_eq!(self.code, code, "stdout:\n{out}\nstderr:\n{err}");
        for part in parts {
            assert!(
                out.contains(part) || err.contains(part),
                "`{part}` is in neither\nstdout:\n{out}\nstderr:\n{err}"
            );
        }
        self
    }

    #[track_caller]
    pub fn lacks(&self, part: &str) -> &Said {
        assert!(!self.out.contains(part), "`{part}` is in:\n{}", self.out);
        self
    }
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

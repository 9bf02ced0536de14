//! What a project is: the packages of its Cargo workspace, and their Rust files.

mod manifest;
mod member;
mod modules;
mod workspace;

pub(crate) use member::Member;
pub(crate) use modules::{Module, Modules};

use crate::error::Result;
use std::path::{Path, PathBuf};

/// The packages around a directory.
#[derive(Clone, Debug)]
pub struct Project {
    root: PathBuf,
    members: Vec<Member>,
}

impl Project {
    /// The workspace that a directory is in, or the one package; none when there is no
    /// `Cargo.toml` there or above.
    ///
    /// # Errors
    ///
    /// [`Error::Manifest`](crate::Error::Manifest) when one of them cannot be read.
    pub fn around(dir: &Path) -> Result<Option<Project>> {
        let found = workspace::around(dir)?;
        Ok(found.map(|(root, members)| Project { root, members }))
    }

    /// A directory with Rust in `src` that no `Cargo.toml` speaks of.
    pub(crate) fn bare(dir: &Path) -> Option<Project> {
        dir.join("src").is_dir().then(|| Project {
            root: dir.to_path_buf(),
            members: vec![Member::bare(dir)],
        })
    }

    /// The directory of the workspace's `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directories of its packages.
    pub fn packages(&self) -> impl Iterator<Item = &Path> {
        self.members.iter().map(|member| member.dir.as_path())
    }

    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// The package that a path is in.
    pub(crate) fn member_of(&self, path: &Path) -> Option<&Member> {
        let around = self
            .members
            .iter()
            .filter(|member| path.starts_with(&member.dir));
        around.max_by_key(|member| member.dir.components().count())
    }
}

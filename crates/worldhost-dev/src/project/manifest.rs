//! What of a `Cargo.toml` says which Rust files there are.

use crate::error::{Error, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A `Cargo.toml`, as far as it is needed here.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Manifest {
    pub(super) package: Option<Package>,
    pub(super) workspace: Option<Workspace>,
    pub(super) lib: Option<Target>,
    pub(super) bin: Vec<Target>,
    pub(super) test: Vec<Target>,
    pub(super) bench: Vec<Target>,
    pub(super) example: Vec<Target>,
    dependencies: BTreeMap<String, Dependency>,
    dev_dependencies: BTreeMap<String, Dependency>,
    build_dependencies: BTreeMap<String, Dependency>,
    target: BTreeMap<String, Platform>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) workspace: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Workspace {
    pub(super) members: Vec<String>,
    pub(super) exclude: Vec<String>,
    dependencies: BTreeMap<String, Dependency>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Target {
    pub(super) name: Option<String>,
    pub(super) path: Option<PathBuf>,
}

/// What one platform adds.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Platform {
    dependencies: BTreeMap<String, Dependency>,
    dev_dependencies: BTreeMap<String, Dependency>,
    build_dependencies: BTreeMap<String, Dependency>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Dependency {
    Table(Table),
    /// A version, or what this library does not know.
    Other(IgnoredAny),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Table {
    path: Option<PathBuf>,
    workspace: bool,
}

impl Manifest {
    /// Reads the manifest of a directory; none when there is none.
    pub(super) fn of(dir: &Path) -> Result<Option<Manifest>> {
        let path = dir.join("Cargo.toml");
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(|error| Error::file(&path, error))?;
        let manifest = toml::from_str(&text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text[..at].matches('\n').count() + 1;
            Error::Manifest {
                path,
                message: format!("line {line}: {}", error.message()),
            }
        })?;
        Ok(Some(manifest))
    }

    /// The directories of the packages that it depends on by path, those of the
    /// workspace's table included.
    pub(super) fn paths<'a>(&'a self, root: &'a Path, of_root: &'a Manifest) -> Vec<PathBuf> {
        let tables = [
            &self.dependencies,
            &self.dev_dependencies,
            &self.build_dependencies,
        ];
        let platforms = self.target.values().flat_map(|platform| {
            [
                &platform.dependencies,
                &platform.dev_dependencies,
                &platform.build_dependencies,
            ]
        });
        let shared = of_root.workspace.as_ref().map(|one| &one.dependencies);
        let found = tables.into_iter().chain(platforms).flatten();
        let found = found.filter_map(|(name, dependency)| match dependency {
            Dependency::Table(table) if table.workspace => match shared?.get(name)? {
                Dependency::Table(table) => Some(root.join(table.path.as_ref()?)),
                Dependency::Other(_) => None,
            },
            Dependency::Table(table) => table.path.clone(),
            Dependency::Other(_) => None,
        });
        found.collect()
    }
}

//! The packages in `wit/deps`.

use super::wkg::Package;
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use wit_parser::{PackageId, PackageName, Resolve, UnresolvedPackage, UnresolvedPackageGroup};
use worldhost_wit::decode_package;

/// A package in `wit/deps`.
pub(super) struct Vendored {
    /// Such as `wasi:cli`.
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// The file, or the directory of its files.
    pub(super) path: PathBuf,
    /// The packages whose types its own bytes repeat.
    pub(super) uses: Vec<String>,
    /// The bytes of the file, when the package is there as WebAssembly.
    pub(super) bytes: Option<Vec<u8>>,
    id: PackageId,
}

/// Every package in `wit/deps`, each after those that it uses.
pub(super) struct Deps {
    resolve: Resolve,
    pub(super) packages: Vec<Vendored>,
    /// The packages that the text around them names.
    pub(super) named: Vec<String>,
    /// What could not be read, with the reason.
    pub(super) unreadable: Vec<(PathBuf, String)>,
}

/// Text that was parsed, and whether it is in `deps`.
struct Waiting {
    path: PathBuf,
    group: UnresolvedPackageGroup,
    vendored: bool,
}

impl Vendored {
    /// With its version.
    pub(super) fn full(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{version}", self.name),
            None => self.name.clone(),
        }
    }
}

impl Deps {
    /// Reads directories such as `wit/deps`, which may not be there. What they hold may
    /// use the packages of the text around them.
    pub(super) fn read<'a>(
        dirs: &[PathBuf],
        around: impl Iterator<Item = &'a Path>,
    ) -> Result<Deps> {
        let mut paths = Vec::new();
        for dir in dirs {
            paths.extend(entries(dir)?);
        }
        Ok(Deps::of(&paths, around))
    }

    /// As [`read`](Self::read), of single packages.
    pub(super) fn of<'a>(paths: &[PathBuf], around: impl Iterator<Item = &'a Path>) -> Deps {
        let mut deps = Deps {
            resolve: Resolve {
                all_features: true,
                ..Resolve::default()
            },
            packages: Vec::new(),
            named: Vec::new(),
            unreadable: Vec::new(),
        };
        let (binaries, texts): (Vec<&PathBuf>, _) = paths.iter().partition(|path| is_binary(path));
        let mut waiting = Vec::new();
        for path in texts {
            match parsed(path) {
                Ok(group) => waiting.push(Waiting {
                    path: path.clone(),
                    group,
                    vendored: true,
                }),
                Err(reason) => deps.unreadable.push((path.clone(), reason)),
            }
        }
        // What is wrong with this text is found elsewhere.
        let around = around.filter_map(|path| {
            Some(Waiting {
                path: path.to_path_buf(),
                group: parsed(path).ok()?,
                vendored: false,
            })
        });
        for one in around {
            deps.named.extend(uses(&one.group.main));
            waiting.push(one);
        }
        deps.push(waiting, &binaries);
        deps
    }

    /// What a world has to say to name it, by what it has.
    pub(super) fn naming(&self, vendored: &Vendored) -> Option<String> {
        let package = &self.resolve.packages[vendored.id];
        let version = vendored.version.as_ref();
        let version = version.map_or(String::new(), |version| format!("@{version}"));
        let name = &vendored.name;
        match package.worlds.contains_key("imports") {
            true => Some(format!("include {name}/imports{version};")),
            false => {
                let interface = package.interfaces.keys().next()?;
                Some(format!("import {name}/{interface}{version};"))
            }
        }
    }

    /// What publishing it starts from.
    pub(super) fn package(&self, vendored: &Vendored) -> Package<'_> {
        Package {
            resolve: &self.resolve,
            id: vendored.id,
        }
    }

    /// Adds the packages, each after those that it uses.
    fn push(&mut self, mut waiting: Vec<Waiting>, binaries: &[&PathBuf]) {
        let mut binaries = binaries.iter();
        loop {
            while let Some(ready) = waiting.iter().position(|one| self.lacks(one).is_empty()) {
                self.text(waiting.remove(ready));
            }
            // A binary repeats parts of the packages that it uses, so the whole of each
            // comes first.
            match binaries.next() {
                Some(path) => self.binary(path),
                None => break,
            }
        }
        for one in waiting.iter().filter(|one| one.vendored) {
            let reason = format!(
                "it uses {}, which is not there",
                self.lacks(one).join(" and ")
            );
            self.unreadable.push((one.path.clone(), reason));
        }
    }

    fn binary(&mut self, path: &Path) {
        let read = fs::read(path).map_err(|error| error.to_string());
        let merged = read.and_then(|bytes| {
            let (resolve, package) = decode_package(&bytes).map_err(|error| error.to_string())?;
            let map = self.resolve.merge(resolve);
            let map = map.map_err(|error| error.to_string())?;
            Ok((bytes, map.packages[package.index()]))
        });
        match merged {
            Ok((bytes, id)) => {
                let name = self.resolve.packages[id].name.clone();
                self.packages.push(Vendored {
                    bytes: Some(bytes),
                    ..vendored(&name, path, Vec::new(), id)
                });
            }
            Err(reason) => self.unreadable.push((path.to_path_buf(), reason)),
        }
    }

    /// The packages that it needs and that are not there yet.
    fn lacks(&self, waiting: &Waiting) -> Vec<String> {
        let needed = waiting.group.main.foreign_deps.keys();
        needed
            .filter(|name| !self.resolve.package_names.contains_key(*name))
            .map(ToString::to_string)
            .collect()
    }

    fn text(&mut self, waiting: Waiting) {
        let Waiting {
            path,
            group,
            vendored: is_vendored,
        } = waiting;
        // Packages may be nested in a file of another.
        let all = std::iter::once(&group.main).chain(&group.nested);
        let all: Vec<(PackageName, Vec<String>)> = all
            .map(|package| (package.name.clone(), uses(package).collect()))
            .collect();
        let known = &self.resolve.package_names;
        if let Some((name, _)) = all.iter().find(|(name, _)| known.contains_key(name)) {
            if is_vendored {
                let reason = format!("package {name} is there twice");
                self.unreadable.push((path, reason));
            }
            return;
        }
        match self.resolve.push_group(group) {
            Ok(_) if is_vendored => {
                for (name, uses) in all {
                    if let Some(id) = self.resolve.package_names.get(&name) {
                        self.packages.push(vendored(&name, &path, uses, *id));
                    }
                }
            }
            Err(error) if is_vendored => {
                self.unreadable.push((path, format!("{error:#}")));
            }
            _ => {}
        }
    }
}

/// The packages that one names, without their versions.
fn uses(package: &UnresolvedPackage) -> impl Iterator<Item = String> {
    let names = package.foreign_deps.keys();
    names.map(|name| format!("{}:{}", name.namespace, name.name))
}

fn vendored(name: &PackageName, path: &Path, uses: Vec<String>, id: PackageId) -> Vendored {
    Vendored {
        name: format!("{}:{}", name.namespace, name.name),
        version: name.version.as_ref().map(ToString::to_string),
        path: path.to_path_buf(),
        uses,
        bytes: None,
        id,
    }
}

fn parsed(path: &Path) -> std::result::Result<UnresolvedPackageGroup, String> {
    if path.is_dir() {
        return UnresolvedPackageGroup::parse_dir(path).map_err(|error| format!("{error:#}"));
    }
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    UnresolvedPackageGroup::parse(path, &text).map_err(|(map, error)| error.render(&map))
}

fn is_binary(path: &Path) -> bool {
    !path.is_dir() && path.extension().is_some_and(|e| e == "wasm" || e == "wat")
}

/// The packages of a `deps` directory, as `bindgen!` finds them.
fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let read = match fs::read_dir(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read,
    };
    let fail = |error| Error::file(dir, error);
    let mut paths = Vec::new();
    for entry in read.map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let is_package = |e: &std::ffi::OsStr| e == "wit" || e == "wasm" || e == "wat";
        if path.is_dir() || path.extension().is_some_and(is_package) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

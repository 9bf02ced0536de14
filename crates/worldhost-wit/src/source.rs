//! Where WIT comes from: a directory, a file, a git revision of a directory, or
//! the type that a component carries in itself.

use crate::error::{Error, Result};
use crate::git;
use crate::parse::{everything, parse, parse_error, push};
use std::fs;
use std::path::Path;
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{PackageId, Resolve, SourceMap, WorldId};

/// WIT text, parsed and resolved.
#[derive(Clone, Debug)]
pub struct Wit {
    /// The packages, interfaces, types and worlds.
    pub resolve: Resolve,
    /// The package that the source is about; the others are its dependencies.
    pub package: PackageId,
    /// What the source is called in messages, such as `wit` or `wit at HEAD`.
    pub name: String,
    /// The world of a component: not a world that somebody wrote, but what the
    /// component really imports and exports.
    pub component: Option<WorldId>,
}

impl Wit {
    /// Reads a directory as `bindgen!` does, a `.wit` file, an encoded package,
    /// or a component.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::File`], [`Error::Parse`] with the file,
    /// line and caret, and [`Error::NoWit`] for other binaries.
    pub fn from_path(path: &Path) -> Result<Wit> {
        if !path.exists() {
            return Err(Error::NotFound { path: path.into() });
        }
        if path.is_file() {
            let bytes = fs::read(path).map_err(|source| Error::File {
                path: path.into(),
                source,
            })?;
            if bytes.starts_with(b"\0asm") || path.extension().is_some_and(|e| e == "wasm") {
                return Wit::from_wasm(path, &bytes);
            }
        }
        let mut resolve = everything();
        match resolve.push_path(path) {
            Ok((package, _)) => Ok(Wit {
                resolve,
                package,
                name: path.display().to_string(),
                component: None,
            }),
            Err(error) => Err(parse_error(&resolve.source_map, error.chain())),
        }
    }

    /// Reads a directory as it is at a git revision.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] when git is missing, the directory is in no repository, or
    /// the revision does not have it; [`Error::Parse`].
    pub fn from_git(revision: &str, dir: &Path) -> Result<Wit> {
        let name = format!("{} at {revision}", dir.display());
        let mut resolve = everything();
        let mut main = SourceMap::default();
        let mut deps: Vec<(String, SourceMap)> = Vec::new();
        for (path, text) in git::files(revision, dir)? {
            let shown = format!("{revision}:{}", dir.join(&path).display());
            let parts: Vec<&str> = path.split('/').collect();
            match parts[..] {
                [_] => main.push_str(&shown, text),
                ["deps", dep] | ["deps", dep, _] => match deps.last_mut() {
                    Some((last, map)) if last == dep => map.push_str(&shown, text),
                    _ => {
                        let mut map = SourceMap::default();
                        map.push_str(&shown, text);
                        deps.push((dep.to_string(), map));
                    }
                },
                _ => {}
            }
        }
        let main = parse(main)?;
        let deps = deps
            .into_iter()
            .map(|(_, map)| parse(map))
            .collect::<Result<Vec<_>>>()?;
        let package = push(&mut resolve, main, deps)?;
        Ok(Wit {
            resolve,
            package,
            name,
            component: None,
        })
    }

    fn from_wasm(path: &Path, bytes: &[u8]) -> Result<Wit> {
        let name = path.display().to_string();
        if bytes.get(4..8) == Some(&[1, 0, 0, 0]) {
            return Err(Error::NoWit {
                path: path.into(),
                message: "it is a core module; only a component tells its imports and exports"
                    .into(),
            });
        }
        match decode(bytes) {
            Ok(DecodedWasm::WitPackage(resolve, package)) => Ok(Wit {
                resolve,
                package,
                name,
                component: None,
            }),
            Ok(DecodedWasm::Component(resolve, world)) => match resolve.worlds[world].package {
                Some(package) => Ok(Wit {
                    resolve,
                    package,
                    name,
                    component: Some(world),
                }),
                None => Err(Error::NoWit {
                    path: path.into(),
                    message: "its world is in no package".into(),
                }),
            },
            Err(error) => Err(Error::NoWit {
                path: path.into(),
                message: format!("{error:#}"),
            }),
        }
    }

    /// The names of the package's worlds.
    pub fn worlds(&self) -> Vec<String> {
        let package = &self.resolve.packages[self.package];
        package.worlds.keys().cloned().collect()
    }

    /// The world of that name (`plugin`, or `ns:package/plugin@1.0.0`), or the
    /// only one.
    ///
    /// # Errors
    ///
    /// [`Error::NoWorld`] and [`Error::WhichWorld`], with the worlds there are.
    pub fn world(&self, name: Option<&str>) -> Result<WorldId> {
        if let Some(world) = self.component {
            return Ok(world);
        }
        self.resolve
            .select_world(&[self.package], name)
            .map_err(|_| match name {
                Some(wanted) => Error::NoWorld {
                    source_name: self.name.clone(),
                    wanted: wanted.to_string(),
                    worlds: self.worlds(),
                },
                None => Error::WhichWorld {
                    source_name: self.name.clone(),
                    worlds: self.worlds(),
                },
            })
    }
}

/// The world that is meant on both sides. When it was renamed between the two, it
/// is the one world that the other side does not have.
///
/// # Errors
///
/// [`Error::NoWorld`] and [`Error::WhichWorld`].
pub fn worlds(old: &Wit, new: &Wit, wanted: Option<&str>) -> Result<(WorldId, WorldId)> {
    let now = match new.world(wanted) {
        Err(Error::NoWorld { .. }) if old.world(wanted).is_ok() => new.only_beside(old, wanted)?,
        now => now?,
    };
    let name = new.resolve.worlds[now].name.as_str();
    let before = match old.world(wanted.or(Some(name))) {
        Err(Error::NoWorld { .. }) => match old.world(Some(name)) {
            Err(_) => old.only_beside(new, wanted.or(Some(name)))?,
            before => before?,
        },
        before => before?,
    };
    Ok((before, now))
}

impl Wit {
    /// The only world that the other side does not have.
    fn only_beside(&self, other: &Wit, wanted: Option<&str>) -> Result<WorldId> {
        let (mine, theirs) = (self.worlds(), other.worlds());
        let mut only = mine.iter().filter(|name| !theirs.contains(name));
        match (only.next(), only.next()) {
            (Some(name), None) => self.world(Some(name)),
            _ => self.world(wanted),
        }
    }
}

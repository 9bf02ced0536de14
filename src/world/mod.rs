//! A WIT world: this project's own, one of WASI's, or one from a directory.

mod text;

use crate::{Error, Result};
use std::path::Path;
use wit_parser::{PackageId, Resolve, WorldId};

/// A WIT world, to hold a component against.
#[derive(Clone, Debug)]
pub struct World {
    resolve: Resolve,
    id: WorldId,
}

impl World {
    /// The world of this project's `wit/` directory, as it was when this was
    /// built.
    ///
    /// # Errors
    ///
    /// As for [`World::named`].
    pub fn project() -> Result<Self> {
        Self::named(PROJECT)
    }

    /// A world of this project or of WASI, by its name: `plugin`,
    /// `wasi:cli/command` or `wasi:cli/command@0.2.12`. Without a version, the
    /// oldest of those that this build knows.
    ///
    /// # Errors
    ///
    /// [`Error::NoWorld`] when there is none of the name.
    pub fn named(name: &str) -> Result<Self> {
        let (resolve, main) = text::embedded()?;
        let mut found: Vec<WorldId> = resolve
            .worlds
            .iter()
            .map(|(id, _)| id)
            .filter(|id| is_called(&resolve, *id, name, main))
            .collect();
        found.sort_by_key(|id| {
            let package = resolve.worlds[*id].package;
            package.and_then(|package| resolve.packages[package].name.version.clone())
        });
        match found.first() {
            Some(&id) => Ok(World { resolve, id }),
            None => Err(Error::NoWorld {
                wanted: name.to_string(),
                message: format!("there are {}", known(&resolve, main)),
            }),
        }
    }

    /// A world of the WIT package in a directory, with its `deps/`; the only one
    /// there, unless `world` names it.
    ///
    /// # Errors
    ///
    /// [`Error::NoWorld`] when the directory is no WIT package, or the world is
    /// not in it.
    pub fn from_dir(dir: impl AsRef<Path>, world: Option<&str>) -> Result<Self> {
        let dir = dir.as_ref();
        let mut resolve = Resolve::default();
        let found = resolve
            .push_path(dir)
            .and_then(|(package, _)| resolve.select_world(&[package], world));
        match found {
            Ok(id) => Ok(World { resolve, id }),
            Err(error) => Err(Error::NoWorld {
                wanted: dir.display().to_string(),
                message: format!("{error:#}"),
            }),
        }
    }

    /// The world's whole name, such as `worldhost:plugin/plugin@0.1.0`.
    pub fn name(&self) -> String {
        full_name(&self.resolve, self.id)
    }

    pub(crate) fn resolve(&self) -> &Resolve {
        &self.resolve
    }

    pub(crate) fn world(&self) -> &wit_parser::World {
        &self.resolve.worlds[self.id]
    }
}

/// This project's own world, the one of `bindgen!`.
const PROJECT: &str = "plugin";

/// All WIT that this build knows as offered: the project's and WASI's.
pub(crate) fn offered() -> Result<Resolve> {
    text::embedded().map(|(resolve, _)| resolve)
}

/// `ns:package/world@version`, as the component model writes it.
pub(crate) fn full_name(resolve: &Resolve, id: WorldId) -> String {
    let world = &resolve.worlds[id];
    match world.package {
        Some(package) => resolve.id_of_name(package, &world.name),
        None => world.name.clone(),
    }
}

fn is_called(resolve: &Resolve, id: WorldId, name: &str, main: PackageId) -> bool {
    let full = full_name(resolve, id);
    let bare = full.split('@').next().unwrap_or(&full);
    let world = &resolve.worlds[id];
    full == name || bare == name || (world.package == Some(main) && world.name == name)
}

/// The worlds that somebody might mean, this project's first.
fn known(resolve: &Resolve, main: PackageId) -> String {
    let worlds = || {
        let worlds = resolve.worlds.iter();
        worlds.filter(|(_, world)| !world.exports.is_empty())
    };
    let own = worlds().filter(|(_, world)| world.package == Some(main));
    let others = worlds().filter(|(_, world)| world.package != Some(main));
    let names: Vec<String> = own
        .map(|(_, world)| world.name.clone())
        .chain(others.map(|(id, _)| full_name(resolve, id)))
        .collect();
    names.join(", ")
}

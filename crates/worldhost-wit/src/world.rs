//! A WIT world, to hold a component against.

use crate::error::{Error, Result};
use crate::parse::everything;
use std::path::Path;
use std::sync::Arc;
use wit_parser::{Resolve, WorldId};

/// A WIT world, to hold a component against.
#[derive(Clone, Debug)]
pub struct World {
    resolve: Arc<Resolve>,
    id: WorldId,
}

impl World {
    /// A world of WIT that was read already.
    pub fn new(resolve: impl Into<Arc<Resolve>>, id: WorldId) -> Self {
        World {
            resolve: resolve.into(),
            id,
        }
    }

    /// A world of the WIT package in a directory, with its `deps/`; the only one
    /// there, unless `world` names it. What is unstable counts, as for `bindgen!`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownWorld`] when the directory is no WIT package, or the world is
    /// not in it.
    pub fn from_dir(dir: impl AsRef<Path>, world: Option<&str>) -> Result<Self> {
        let dir = dir.as_ref();
        let mut resolve = everything();
        let found = resolve
            .push_path(dir)
            .and_then(|(package, _)| resolve.select_world(&[package], world));
        match found {
            Ok(id) => Ok(World::new(resolve, id)),
            Err(error) => Err(Error::UnknownWorld {
                wanted: dir.display().to_string(),
                message: format!("{error:#}"),
            }),
        }
    }

    /// The world's whole name, such as `worldhost:plugin/plugin@0.1.0`.
    pub fn name(&self) -> String {
        full_name(&self.resolve, self.id)
    }

    /// The WIT that it is in.
    pub fn resolve(&self) -> &Resolve {
        &self.resolve
    }

    /// Its imports and exports.
    pub fn world(&self) -> &wit_parser::World {
        &self.resolve.worlds[self.id]
    }

    /// Where it is in [`World::resolve`].
    pub fn id(&self) -> WorldId {
        self.id
    }
}

/// `ns:package/world@version`, as the component model writes it.
pub(crate) fn full_name(resolve: &Resolve, id: WorldId) -> String {
    let world = &resolve.worlds[id];
    match world.package {
        Some(package) => resolve.id_of_name(package, &world.name),
        None => world.name.clone(),
    }
}

//! Whether a component fits a host, and everything that is in the way if not.
//!
//! What links is asked of the linker itself, one item at a time, so the verdict
//! is its own; WIT is read for the words.

mod imports;
mod needs;
mod offered;
mod probe;
mod report;
mod types;
mod version;
mod worlds;

pub use report::{Capability, Misfit, Need, Problem, Remedy, Report, Side};
pub(crate) use types::signature;

use crate::command::Version;
use crate::{Error, Result, Runtime, World, component, world};
use offered::Offered;
use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldId};
use worlds::Worlds;

impl<T: Send + 'static> Runtime<T> {
    /// Holds a component against this runtime, without compiling it: its imports
    /// against what is linked here, its exports against `world`.
    ///
    /// With no world it is taken for what its exports say it is: with
    /// `wasi:cli/run` a command of WASI, else one of this project's own world.
    ///
    /// # Errors
    ///
    /// [`Error::NotWasm`], [`Error::CoreModule`] or [`Error::Invalid`] when the
    /// bytes are no component.
    pub fn check(&self, name: &str, bytes: &[u8], world: Option<&World>) -> Result<Report> {
        let (resolve, id) = decode(name, bytes)?;
        let offered = world::offered()?;
        let guessed;
        let world = match world {
            Some(world) => world,
            None => {
                guessed = guess(&resolve, id)?;
                &guessed
            }
        };
        let offered = Offered { resolve: &offered };
        let mut misfits = imports::beyond_wit(bytes);
        let found = imports::misfits(self, &resolve, id, offered);
        misfits.extend(found.map_err(|error| Error::Invalid {
            name: name.to_string(),
            message: format!("{error:#}"),
        })?);
        misfits.extend(sides(&resolve, id, world, false, Side::Export).misfits());
        Ok(report(name, &resolve, id, world, misfits))
    }

    /// The imports that do not link, as far as they can be told.
    pub(crate) fn misfits(&self, name: &str, bytes: &[u8]) -> Vec<Misfit> {
        let found = decode(name, bytes).and_then(|(resolve, id)| {
            let offered = world::offered()?;
            let offered = Offered { resolve: &offered };
            imports::misfits(self, &resolve, id, offered)
                .map_err(|error| Error::Host(error.to_string()))
        });
        let mut misfits = imports::beyond_wit(bytes);
        misfits.extend(found.unwrap_or_default());
        misfits
    }
}

impl World {
    /// Holds a component against this world alone: it may import what the world
    /// imports, and must export what the world exports, each with the same type.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::check`].
    pub fn check(&self, name: &str, bytes: &[u8]) -> Result<Report> {
        let (resolve, id) = decode(name, bytes)?;
        let mut misfits = imports::beyond_wit(bytes);
        misfits.extend(sides(&resolve, id, self, true, Side::Import).misfits());
        misfits.extend(sides(&resolve, id, self, true, Side::Export).misfits());
        Ok(report(name, &resolve, id, self, misfits))
    }
}

/// The WIT that is in a component.
pub(crate) fn decode(name: &str, bytes: &[u8]) -> Result<(Resolve, WorldId)> {
    component::check_kind(name, bytes)?;
    let invalid = |message: String| Error::Invalid {
        name: name.to_string(),
        message,
    };
    match wit_component::decode(bytes) {
        Ok(DecodedWasm::Component(resolve, world)) => Ok((resolve, world)),
        Ok(DecodedWasm::WitPackage(..)) => {
            Err(invalid("it is a WIT package, with no code to run".into()))
        }
        Err(error) => Err(invalid(format!("{error:#}"))),
    }
}

fn sides<'a>(
    resolve: &'a Resolve,
    id: WorldId,
    world: &'a World,
    exact: bool,
    side: Side,
) -> Worlds<'a> {
    Worlds {
        component: (resolve, &resolve.worlds[id]),
        host: (world.resolve(), world.world()),
        exact,
        side,
    }
}

fn report(
    name: &str,
    resolve: &Resolve,
    id: WorldId,
    world: &World,
    misfits: Vec<Misfit>,
) -> Report {
    let imports = resolve.worlds[id].imports.keys();
    Report {
        component: name.to_string(),
        world: world.name(),
        fits: misfits.is_empty(),
        misfits,
        needs: needs::needs(imports.map(|key| resolve.name_world_key(key))),
    }
}

/// A command by the export that is run; anything else should be of the project's world.
fn guess(resolve: &Resolve, id: WorldId) -> Result<World> {
    let exports = resolve.worlds[id].exports.keys();
    let names: Vec<String> = exports.map(|key| resolve.name_world_key(key)).collect();
    match names.iter().filter_map(|name| Version::of_run(name)).min() {
        Some(Version::P3) => World::named("wasi:cli/command@0.3.0"),
        Some(Version::P2) => World::named("wasi:cli/command@0.2.12"),
        // Of a WASI that this host does not have.
        None if names.iter().any(|name| name.starts_with("wasi:cli/run@")) => {
            World::named("wasi:cli/command@0.2.12")
        }
        None => World::project(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::{Imports, add_to_linker};

    /// What is printed as the host's own must be what the linker has.
    #[test]
    fn all_wasi_in_the_text_is_linked() {
        let runtime: Runtime<Imports> = Runtime::new(add_to_linker).unwrap();
        let offered = world::offered().unwrap();
        let mut resolve = offered.clone();
        let imports: String = Offered { resolve: &offered }
            .names()
            .map(|name| format!("import {name};\n"))
            .collect();
        let text = format!("package test:all; world all {{ {imports} }}");
        let package = resolve.push_source("all.wit", &text).unwrap();
        let id = resolve.select_world(&[package], Some("all")).unwrap();
        let offered = Offered { resolve: &offered };
        let misfits = imports::misfits(&runtime, &resolve, id, offered).unwrap();
        let misfits: Vec<&str> = misfits
            .iter()
            .filter_map(|m| m.interface.as_deref())
            .collect();
        // These are for a component to export.
        let guests = [
            "wasi:cli/run@0.2.12",
            "wasi:cli/run@0.3.0",
            "wasi:http/incoming-handler@0.2.12",
            "wasi:http/handler@0.3.0",
        ];
        assert_eq!(misfits, guests);
    }
}

//! A component beside a host.

use crate::alone::{report, side};
use crate::beyond::beyond_wit;
use crate::decode::{decode, invalid};
use crate::error::Result;
use crate::imports;
use crate::report::{Misfit, Report};
use wit_parser::{Resolve, WorldId};
use worldhost::Runtime;
use worldhost::version::Wasi;
use worldhost_wit::{InterfaceName, Offer, Side, World};

/// A host that components are held against: what links, the WIT that says so in words,
/// and the world that components are expected to be of.
pub struct Host<'a, T: 'static> {
    runtime: &'a Runtime<T>,
    offer: &'a Offer,
    project: &'a str,
}

impl<'a, T: Send + 'static> Host<'a, T> {
    /// A host by its runtime, its WIT, and the name of its own world in that.
    pub fn new(runtime: &'a Runtime<T>, offer: &'a Offer, project: &'a str) -> Self {
        Host {
            runtime,
            offer,
            project,
        }
    }

    /// Holds a component against the host, without compiling it: its imports against
    /// what is linked, its exports against `world`. `name` is what the report and
    /// errors call it.
    ///
    /// With no world it is taken for what its exports say it is: with `wasi:cli/run` a
    /// command of WASI, else one of the host's own world.
    ///
    /// # Errors
    ///
    /// [`Error::Component`](crate::Error::Component) when the bytes are no component;
    /// with no world, [`Error::World`](crate::Error::World) when the offer has not the
    /// one that is due.
    pub fn check(&self, name: &str, bytes: &[u8], world: Option<&World>) -> Result<Report> {
        let (resolve, id) = decode(name, bytes)?;
        let guessed;
        let world = match world {
            Some(world) => world,
            None => {
                guessed = self.guess(&resolve, id)?;
                &guessed
            }
        };
        let mut misfits = beyond_wit(bytes);
        let found = imports::misfits(self.runtime, &resolve, id, self.offer);
        misfits.extend(found.map_err(|error| invalid(name, format!("{error:#}")))?);
        misfits.extend(side(&resolve, id, world, false, Side::Export).misfits());
        Ok(report(name, &resolve, id, world, misfits))
    }

    /// The imports that do not link, as far as they can be told: why
    /// [`Runtime::load`] gave [`Error::Link`](worldhost::Error::Link). None for bytes
    /// that are no component.
    pub fn misfits(&self, name: &str, bytes: &[u8]) -> Vec<Misfit> {
        let mut misfits = beyond_wit(bytes);
        if let Ok((resolve, id)) = decode(name, bytes)
            && let Ok(found) = imports::misfits(self.runtime, &resolve, id, self.offer)
        {
            misfits.extend(found);
        }
        misfits
    }

    /// A command by the export that is run; anything else should be of the host's own
    /// world.
    fn guess(&self, resolve: &Resolve, id: WorldId) -> Result<World> {
        let exports = resolve.worlds[id].exports.keys();
        let exports = exports.map(|key| InterfaceName::from(resolve.name_world_key(key)));
        let runs: Vec<InterfaceName> = exports
            .filter(|name| name.base() == "wasi:cli/run" && name.version().is_some())
            .collect();
        if runs.is_empty() {
            return Ok(self.offer.project_world(self.project)?);
        }
        let known = runs.iter().filter_map(|name| Wasi::of_run(name.as_str()));
        // Or of a WASI that this host does not have.
        let wasi = known.min().unwrap_or(Wasi::P2);
        let name = format!("wasi:cli/command@{}", wasi.release());
        Ok(self.offer.world(&name)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is printed as the host's own must be what the linker has.
    #[test]
    fn all_wasi_in_the_text_is_linked() {
        let runtime: Runtime<()> = Runtime::new(|_| Ok(())).unwrap();
        let offer = Offer::new(&[]).unwrap();
        let mut resolve = offer.resolve().clone();
        let imports: String = offer
            .interfaces()
            .map(|name| format!("import {name};\n"))
            .collect();
        let text = format!("package test:all; world all {{ {imports} }}");
        let package = resolve.push_source("all.wit", &text).unwrap();
        let id = resolve.select_world(&[package], Some("all")).unwrap();
        let misfits = imports::misfits(&runtime, &resolve, id, &offer).unwrap();
        let mut misfits: Vec<&str> = misfits
            .iter()
            .filter_map(|m| m.interface.as_deref())
            .collect();
        misfits.sort_unstable();
        // These are for a component to export.
        let guests = [
            "wasi:cli/run@0.2.12",
            "wasi:cli/run@0.3.0",
            "wasi:http/handler@0.3.0",
            "wasi:http/incoming-handler@0.2.12",
        ];
        assert_eq!(misfits, guests);
    }
}

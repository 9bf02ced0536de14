//! A component beside a world.

use crate::beyond::beyond_wit;
use crate::decode::decode;
use crate::error::Result;
use crate::needs::needs;
use crate::report::{Misfit, Report};
use crate::worlds::Worlds;
use wit_parser::{Resolve, WorldId};
use worldhost_wit::{Side, World};

/// Holds a component against a world alone: it may import what the world imports, and
/// must export what the world exports, each with the same type.
///
/// # Errors
///
/// As for [`Host::check`](crate::Host::check).
pub fn against(world: &World, name: &str, bytes: &[u8]) -> Result<Report> {
    let (resolve, id) = decode(name, bytes)?;
    let mut misfits = beyond_wit(bytes);
    misfits.extend(side(&resolve, id, world, true, Side::Import).misfits());
    misfits.extend(side(&resolve, id, world, true, Side::Export).misfits());
    Ok(report(name, &resolve, id, world, misfits))
}

/// One side of a component and of a world. `exact`: whether parameters' names, and
/// `async`, are part of a function's type.
pub(crate) fn side<'a>(
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

pub(crate) fn report(
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
        needs: needs(imports.map(|key| resolve.name_world_key(key).into())),
    }
}

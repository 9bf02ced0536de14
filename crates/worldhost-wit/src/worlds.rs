//! Which world is meant, before and now.

use crate::error::{Error, Result};
use crate::source::Wit;
use std::collections::BTreeSet;
use wit_parser::WorldId;

/// The world that is meant on both sides.
///
/// Where it has gone and exactly one world has come that shares half of the items with it,
/// that is the same world under another name.
///
/// # Errors
///
/// [`Error::NoWorld`] and [`Error::WhichWorld`].
pub fn worlds(old: &Wit, new: &Wit, wanted: Option<&str>) -> Result<(WorldId, WorldId)> {
    match (old.world(wanted), new.world(wanted)) {
        (Ok(before), Ok(now)) => by_name(old, new, before, now),
        (Ok(before), Err(error)) => match (&error, old.component) {
            // A component has one world, whatever the name.
            (_, Some(_)) => Err(error),
            _ => Ok((before, renamed(old, before, new).ok_or(error)?)),
        },
        (Err(error), Ok(now)) => {
            let name = &new.resolve.worlds[now].name;
            match old.world(Some(name)) {
                Ok(before) => Ok((before, now)),
                Err(_) => Ok((renamed(new, now, old).ok_or(error)?, now)),
            }
        }
        (Err(_), Err(error)) => Err(error),
    }
}

/// Both sides have a world for the name; without a name, each has one only.
fn by_name(old: &Wit, new: &Wit, before: WorldId, now: WorldId) -> Result<(WorldId, WorldId)> {
    let (was, is) = (
        &old.resolve.worlds[before].name,
        &new.resolve.worlds[now].name,
    );
    if was == is || old.component.is_some() {
        return Ok((before, now));
    }
    match renamed(old, before, new) {
        Some(found) if found == now => Ok((before, now)),
        _ => Err(Error::NoWorld {
            source_name: new.name.clone(),
            wanted: was.clone(),
            worlds: new.worlds(),
        }),
    }
}

/// The one world that has come, if it is much like the one that has gone.
fn renamed(from: &Wit, world: WorldId, to: &Wit) -> Option<WorldId> {
    let before = from.worlds();
    let come = to.worlds().into_iter();
    let come = come.filter(|name| !before.contains(name));
    let alike = come.filter_map(|name| {
        let found = to.world(Some(&name)).ok()?;
        alike(&items(from, world), &items(to, found)).then_some(found)
    });
    let alike: Vec<WorldId> = alike.collect();
    match alike[..] {
        [one] => Some(one),
        _ => None,
    }
}

/// Whether at least half of what the smaller one has is in both.
fn alike(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    let both = a.intersection(b).count();
    both > 0 && 2 * both >= a.len().min(b.len())
}

/// What a world has, by name; a package's name and version may change with it.
fn items(wit: &Wit, world: WorldId) -> BTreeSet<String> {
    let resolve = &wit.resolve;
    let own = &resolve.packages[wit.package_of(world)].name;
    let own = format!("{}:{}/", own.namespace, own.name);
    let world = &resolve.worlds[world];
    let name = |key| {
        let name = resolve.name_world_key(key);
        let name = name.split('@').next().unwrap_or_default().to_string();
        name.strip_prefix(&own).map_or(name.clone(), String::from)
    };
    let imports = world
        .imports
        .keys()
        .map(|key| format!("import {}", name(key)));
    let exports = world
        .exports
        .keys()
        .map(|key| format!("export {}", name(key)));
    imports.chain(exports).collect()
}

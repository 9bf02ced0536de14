//! A component beside a world.

use crate::beyond;
use crate::decode::{Shown, decode};
use crate::error::Result;
use crate::needs::needs;
use crate::report::{Meant, Misfit, Problem, Report};
use crate::worlds::Worlds;
use std::collections::BTreeMap;
use worldhost::version::Wasi;
use worldhost_wit::{InterfaceName, Side, World};

/// A component that was read, to be held against any number of worlds.
pub struct Component {
    name: String,
    shown: Shown,
    /// What is in the way whichever world it is.
    always: Vec<Misfit>,
}

impl Component {
    /// Reads a component's bytes. `name` is what reports call it.
    ///
    /// # Errors
    ///
    /// As for [`Host::check`](crate::Host::check).
    pub fn read(name: &str, bytes: &[u8]) -> Result<Component> {
        Ok(Component {
            name: name.to_string(),
            shown: decode(name, bytes)?,
            always: beyond::missing(bytes).collect(),
        })
    }

    /// Holds it against a world alone: it may import what the world imports, and must
    /// export what the world exports, each with the same type. Which host would run it
    /// is left open, and so is which proposals that has.
    pub fn against(&self, world: &World) -> Report {
        let mut misfits = self.always.clone();
        misfits.extend(side(&self.shown, world, true, Side::Import).misfits());
        misfits.extend(exports(&self.shown, world, true));
        report(&self.name, &self.shown, world, misfits)
    }
}

/// What the world wants to be exported and is not, or otherwise.
pub(crate) fn exports(shown: &Shown, world: &World, exact: bool) -> Vec<Misfit> {
    let mut misfits = side(shown, world, exact, Side::Export).misfits();
    for misfit in &mut misfits {
        let name = misfit.interface.as_ref().or(misfit.item.as_ref());
        if misfit.problem == Problem::Missing
            && let Some(hidden) = name.and_then(|name| shown.hidden(name))
        {
            misfit.problem = Problem::Unseen;
            misfit.detail = Some(format!("it is {}", hidden.kind));
        }
    }
    misfits
}

/// One side of a component and of a world. `exact`: whether parameters' names, and
/// `async`, are part of a function's type.
fn side<'a>(shown: &'a Shown, world: &'a World, exact: bool, side: Side) -> Worlds<'a> {
    Worlds {
        component: (&shown.resolve, &shown.resolve.worlds[shown.world]),
        host: (world.resolve(), world.world()),
        exact,
        side,
    }
}

/// With what can be told of a component whoever runs it.
pub(crate) fn report(name: &str, shown: &Shown, world: &World, misfits: Vec<Misfit>) -> Report {
    let resolve = &shown.resolve;
    let imports = resolve.worlds[shown.world].imports.keys();
    let imports = imports.map(|key| resolve.name_world_key(key));
    let needs = needs(
        imports
            .filter(|name| !shown.is_type(name))
            .map(InterfaceName::from),
    );
    Report {
        component: name.to_string(),
        world: world.name(),
        fits: misfits.is_empty(),
        misfits,
        lacks: Vec::new(),
        refused: None,
        meant: meant(shown),
        unseen: shown.unseen.clone(),
        needs,
    }
}

/// Of exports in several versions, the one that a world of any of them gets.
pub(crate) fn meant(shown: &Shown) -> Vec<Meant> {
    let exports = shown.resolve.worlds[shown.world].exports.keys();
    let names = exports.map(|key| shown.resolve.name_world_key(key));
    let mut bases: BTreeMap<String, Vec<InterfaceName>> = BTreeMap::new();
    for name in names.map(InterfaceName::from) {
        if name.version().is_some() {
            bases.entry(name.base().to_string()).or_default().push(name);
        }
    }
    let several = bases.into_values().filter(|names| names.len() > 1);
    several.filter_map(|names| one_of(&names)).collect()
}

/// `wasi:cli/run` by what is run; of others the latest, where they stand in for each other.
fn one_of(names: &[InterfaceName]) -> Option<Meant> {
    let texts: Vec<&str> = names.iter().map(InterfaceName::as_str).collect();
    let export = match Wasi::choose_run(&texts) {
        Some((_, run)) => run,
        None => {
            let latest = names.iter().max()?;
            let all = names.iter().all(|name| name.compatible(latest));
            all.then(|| latest.as_str())?
        }
    };
    let others = texts.iter().filter(|name| **name != export);
    Some(Meant {
        export: export.to_string(),
        others: others.map(|name| name.to_string()).collect(),
    })
}

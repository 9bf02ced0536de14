//! The check of the WIT tooling, `wit_component::semver_check`, on two worlds.

use super::change::Dated;
use crate::names::InterfaceName;
use semver::{Prerelease, Version};
use std::collections::HashSet;
use wit_parser::{Resolve, Span, WorldId};

/// What the tooling says.
pub(crate) enum Says {
    Compatible,
    /// With its reason; it stops at the first difference.
    Breaking(String),
    /// It cannot tell, and why.
    Nothing(String),
}

/// The tooling's own check. It leaves versions out of account.
pub(crate) fn semver_check(old: Dated<'_>, new: Dated<'_>) -> Says {
    if ambiguous(&old.wit.resolve, old.world) || ambiguous(&new.wit.resolve, new.world) {
        return Says::Nothing("it knows no versions, and an interface is there in two".into());
    }
    match check(old, new) {
        Ok(()) => Says::Compatible,
        Err(Refused::Unchecked(reason)) => Says::Nothing(reason),
        Err(Refused::Breaking(reason)) => {
            // A world that does not even stand in for itself has something in it that the
            // check does not take.
            let itself = [old, new].into_iter().find_map(|one| check(one, one).err());
            match itself {
                Some(Refused::Breaking(reason) | Refused::Unchecked(reason)) => {
                    Says::Nothing(reason)
                }
                None => Says::Breaking(reason),
            }
        }
    }
}

enum Refused {
    Breaking(String),
    Unchecked(String),
}

fn check(old: Dated<'_>, new: Dated<'_>) -> Result<(), Refused> {
    let apart = || Refused::Unchecked("the two texts cannot be put into one".into());
    let mut resolve = new.wit.resolve.clone();
    let mut previous = old.wit.resolve.clone();
    let package = new.wit.package_of(new.world);
    let old_package = old.wit.package_of(old.world);
    if old.wit.component.is_some() {
        // A component's world is in a package that the decoder made up.
        previous.packages[old_package].name = resolve.packages[package].name.clone();
    }
    mark_previous(&mut previous);
    let remap = resolve.merge(previous).map_err(|_| apart())?;
    let previous = remap.map_world(old.world, Span::default());
    let previous = previous.map_err(|_| apart())?;
    let checked = wit_component::semver_check(resolve, previous, new.world);
    checked.map_err(|error| {
        // One line, without the offset into bytes that nobody has.
        let reason = error.root_cause().to_string();
        let reason = reason.split(" (at offset").next().unwrap_or(&reason);
        let reason = reason.lines().collect::<Vec<_>>().join(": ");
        match error.to_string().contains("not semver-compatible") {
            true => Refused::Breaking(reason),
            false => Refused::Unchecked(reason),
        }
    })
}

/// Whether a world has an interface in two versions, which the check, without
/// versions, would take for one.
fn ambiguous(resolve: &Resolve, world: WorldId) -> bool {
    let world = &resolve.worlds[world];
    [&world.imports, &world.exports].into_iter().any(|items| {
        let mut seen = HashSet::new();
        items.keys().any(|key| {
            let name = InterfaceName::parse(resolve.name_world_key(key));
            !seen.insert(name.base().to_string())
        })
    })
}

/// Makes every package distinct from today's of the same name and version.
fn mark_previous(resolve: &mut Resolve) {
    for (_, package) in resolve.packages.iter_mut() {
        let version = package.name.version.clone();
        let mut version = version.unwrap_or(Version::new(0, 0, 0));
        let tag = match version.pre.as_str() {
            "" => "previous".to_string(),
            pre => format!("{pre}.previous"),
        };
        version.pre = Prerelease::new(&tag).unwrap_or_default();
        package.name.version = Some(version);
    }
    let packages = resolve.packages.iter();
    resolve.package_names = packages
        .map(|(id, package)| (package.name.clone(), id))
        .collect();
}

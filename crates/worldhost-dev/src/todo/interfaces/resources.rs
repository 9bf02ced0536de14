//! Resources, and the types of the host's own for them.

use crate::todo::making::Making;
use crate::todo::paste;
use crate::todo::sides::Sides;
use crate::todo::traits::Module;
use std::path::Path;
use worldhost_wit::InterfaceName;

/// A resource without a type of the host's own yet.
pub(super) struct Resource {
    /// What the bindings call it.
    pub(super) rust: String,
    pub(super) wit: String,
    /// What the host's own type is to be called.
    pub(super) own: String,
}

/// The resources of a module that have no type of the host's own.
pub(super) fn unmapped(making: &Making<'_>, module: &[String]) -> Vec<Resource> {
    let mut found = making.sides.new_api.definitions();
    found.retain(|one| one.unmapped_resource && one.module == module);
    let resources = found.into_iter().map(|one| Resource {
        wit: making
            .sides
            .resource(module, &one.name)
            .unwrap_or_else(|| one.name.clone()),
        own: one.name.clone(),
        rust: one.name,
    });
    resources.collect()
}

/// Those that have come into an interface.
pub(super) fn fresh(making: &Making<'_>, old: &Module<'_>, new: &Module<'_>) -> Vec<Resource> {
    let before: Vec<String> = making
        .sides
        .old_api
        .definitions()
        .into_iter()
        .filter(|one| one.unmapped_resource && one.module == old.path)
        .map(|one| one.name)
        .collect();
    let mut now = unmapped(making, new.path);
    now.retain(|one| !before.contains(&one.rust));
    now
}

/// Gives each resource a type in the file, under its own name where that is free.
pub(super) fn define(
    making: &mut Making<'_>,
    place: &Path,
    module: &[String],
    resources: &mut [Resource],
) -> Vec<String> {
    let mut types = Vec::new();
    for resource in resources {
        let path = making.sides.whole(module, &resource.rust);
        // What the implementations are on has its names too.
        let names = [&making.layout.on.names, &making.layout.on_store.names];
        let needed: Vec<String> = names
            .iter()
            .flat_map(|names| names.keys().cloned())
            .collect();
        let scope = making.scope(place);
        while needed.contains(&resource.own) || !scope.define(&resource.own, &path) {
            resource.own.push_str("Data");
        }
        types.push(paste::own_type(&resource.wit, &resource.own));
    }
    types
}

/// The keys of `with` that give the bindings the types of the host's own for resources.
pub(super) fn resource_keys(
    making: &mut Making<'_>,
    module: &[String],
    at: &[String],
    resources: &[Resource],
) {
    if resources.is_empty() {
        return;
    }
    let inside = making.sides.place().function.is_some();
    for resource in resources {
        let key = key(making.sides, module, &resource.wit);
        let path = match inside {
            true => resource.own.clone(),
            false => format!("{}::{}", at.join("::"), resource.own),
        };
        making.add_key(&key, &path);
    }
    making.publish(at);
}

/// The key of a resource in `with`, with the version where others have the same name.
fn key(sides: &Sides<'_>, module: &[String], resource: &str) -> String {
    if module.is_empty() {
        return resource.to_string();
    }
    let name = InterfaceName::parse(sides.interface(module).0);
    match sides.is_ambiguous(name.base()) {
        true => format!("{name}.{resource}"),
        false => format!("{}.{resource}", name.base()),
    }
}

pub(super) fn file_module(making: &Making<'_>, place: &Path) -> Vec<String> {
    let module = making
        .file(place)
        .map_or("crate::imports", |file| file.module.as_str());
    module.split("::").map(String::from).collect()
}

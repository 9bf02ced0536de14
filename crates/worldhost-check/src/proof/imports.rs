//! What one world asks for, or offers, as imports.

use crate::item::{Item, Kind, items};
use std::collections::{BTreeSet, HashSet};
use wasmtime::Engine;
use wasmtime::component::{Linker, LinkerInstance, ResourceType};
use wit_parser::{
    Function, IndexMap, InterfaceId, Resolve, TypeDefKind, TypeOwner, WorldId, WorldItem, WorldKey,
};
use worldhost_wit::{Asked, Dated, InterfaceName, reached};

/// What a world imports; or what it exports, as if it imported that.
pub(super) struct Imports {
    pub(super) resolve: Resolve,
    pub(super) world: WorldId,
    /// The interfaces, or functions of the world, that were exports.
    turned: BTreeSet<String>,
}

type Items = IndexMap<WorldKey, WorldItem>;

impl Imports {
    pub(super) fn of(dated: Dated<'_>) -> Imports {
        Imports {
            resolve: dated.wit.resolve.clone(),
            world: dated.world,
            turned: BTreeSet::new(),
        }
    }

    /// None when what it exports has types that cannot be had as imports: of an interface
    /// that would have to be there twice.
    pub(super) fn turned(dated: Dated<'_>) -> Option<Imports> {
        let mut imports = Imports::of(dated);
        let exports = &dated.wit.resolve.worlds[dated.world].exports;
        let names = exports
            .keys()
            .map(|key| imports.resolve.name_world_key(key));
        imports.turned = names.collect();
        let mut items = dated.wit.resolve.worlds[dated.world].imports.clone();
        items.extend(exports.clone());
        let world = &mut imports.resolve.worlds[imports.world];
        world.exports.clear();
        world.imports = in_order(&dated.wit.resolve, items)?;
        Some(imports)
    }

    fn imports(&self) -> impl Iterator<Item = (&WorldKey, &WorldItem)> {
        self.resolve.worlds[self.world].imports.iter()
    }

    pub(super) fn item(&self, asked: &Asked) -> Option<Item<'_>> {
        let is_it = |item: &Item<'_>| match item.kind {
            Kind::Function(function) => function.name == asked.item,
            Kind::Resource(id) => self.resolve.types[id].name.as_ref() == Some(&asked.item),
        };
        let mut imports = self.imports();
        imports.find_map(|(key, import)| {
            let name = self.resolve.name_world_key(key);
            let around = match import {
                WorldItem::Interface { .. } => name.as_str(),
                _ => "",
            };
            let here = around == asked.interface;
            let all = here.then(|| items(&self.resolve, key, import));
            all.into_iter().flatten().find(is_it)
        })
    }

    /// The same item under the name that its interface has here.
    pub(super) fn counterpart(&self, asked: &Asked) -> Option<Asked> {
        Some(Asked {
            interface: self.named(&asked.interface)?,
            ..asked.clone()
        })
    }

    /// The interface that the linker takes for the one of this name.
    pub(super) fn named(&self, interface: &str) -> Option<String> {
        if interface.is_empty() {
            return Some(String::new());
        }
        let wanted = InterfaceName::parse(interface);
        let interfaces = self
            .imports()
            .filter(|(_, import)| matches!(import, WorldItem::Interface { .. }));
        let mut names: Vec<InterfaceName> = interfaces
            .map(|(key, _)| InterfaceName::parse(self.resolve.name_world_key(key)))
            .filter(|name| name.compatible(&wanted))
            .collect();
        names.sort();
        let exact = names.iter().find(|name| **name == wanted);
        exact.or(names.last()).map(|name| name.to_string())
    }

    /// A linker with all of it.
    pub(super) fn linker(&self, engine: &Engine) -> anyhow::Result<Linker<()>> {
        let mut linker = Linker::new(engine);
        let mut count = 0;
        for (key, import) in self.imports() {
            let name = self.resolve.name_world_key(key);
            // A host takes any resource where a component exports one.
            let turned = self.turned.contains(&name);
            let mut resource = || match turned {
                true => ResourceType::host_dynamic(0),
                false => {
                    count += 1;
                    ResourceType::host_dynamic(count)
                }
            };
            let added = match import {
                WorldItem::Function(function) => add(&mut linker.root(), function),
                WorldItem::Type { id, .. } => match self.resolve.types[*id].kind {
                    TypeDefKind::Resource => {
                        linker.root().resource(&name, resource(), |_, _| Ok(()))
                    }
                    _ => Ok(()),
                },
                WorldItem::Interface { id, .. } => {
                    let interface = &self.resolve.interfaces[*id];
                    linker.instance(&name).and_then(|mut instance| {
                        for (name, id) in &interface.types {
                            if let TypeDefKind::Resource = self.resolve.types[*id].kind {
                                instance.resource(name, resource(), |_, _| Ok(()))?;
                            }
                        }
                        let mut functions = interface.functions.values();
                        functions.try_for_each(|function| add(&mut instance, function))
                    })
                }
            };
            added.map_err(|error| anyhow::anyhow!("{error:#}"))?;
        }
        Ok(linker)
    }
}

/// Each item behind those whose types it has.
fn in_order(resolve: &Resolve, mut items: Items) -> Option<Items> {
    let mut done = Items::default();
    let mut there: HashSet<InterfaceId> = HashSet::new();
    while !items.is_empty() {
        let before = done.len();
        for (key, item) in std::mem::take(&mut items) {
            let ready = needs(resolve, &item).all(|id| there.contains(&id));
            match ready {
                true => {
                    if let WorldItem::Interface { id, .. } = &item {
                        there.insert(*id);
                    }
                    done.insert(key, item);
                }
                false => drop(items.insert(key, item)),
            }
        }
        if done.len() == before {
            return None;
        }
    }
    Some(done)
}

/// The interfaces whose types an item has.
fn needs<'a>(
    resolve: &'a Resolve,
    item: &'a WorldItem,
) -> Box<dyn Iterator<Item = InterfaceId> + 'a> {
    match item {
        WorldItem::Interface { id, .. } => Box::new(resolve.interface_direct_deps(*id)),
        WorldItem::Type { id, .. } => Box::new(resolve.type_interface_dep(*id).into_iter()),
        WorldItem::Function(function) => {
            let types = reached(resolve, function).into_iter();
            let owners = types.filter_map(|id| match resolve.types[id].owner {
                TypeOwner::Interface(id) => Some(id),
                _ => None,
            });
            Box::new(owners)
        }
    }
}

fn add(instance: &mut LinkerInstance<'_, ()>, function: &Function) -> wasmtime::Result<()> {
    let name = &function.name;
    match function.kind.is_async() {
        true => instance.func_new_concurrent(name, |_, _, _, _| Box::pin(async { Ok(()) })),
        false => instance.func_new(name, |_, _, _, _| Ok(())),
    }
}

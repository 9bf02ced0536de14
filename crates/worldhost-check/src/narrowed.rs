//! A world for as long as only some of its items are spoken of.
//!
//! The type of a world is written into each component that asks about one of its items. With
//! all of it in each, many items would take a time that grows with their square.

use crate::item::{Item, Kind};
use std::collections::HashSet;
use wit_parser::{Function, IndexMap, InterfaceId, Resolve, WorldId, WorldItem, WorldKey};

/// What was taken out of it.
pub(crate) struct Narrowed {
    world: WorldId,
    imports: IndexMap<WorldKey, WorldItem>,
    functions: Vec<(InterfaceId, IndexMap<String, Function>)>,
}

impl Narrowed {
    /// Leaves of the world's imports these, and the types that they may have.
    pub fn to(resolve: &mut Resolve, world: WorldId, items: &[Item<'_>]) -> Self {
        let imports = std::mem::take(&mut resolve.worlds[world].imports);
        let root = items.iter().any(|item| item.interface.is_none());
        let needed = needed(resolve, &imports, items);
        let mut functions = Vec::new();
        for (key, import) in &imports {
            let kept = match import {
                WorldItem::Function(function) => items.iter().any(|item| is(item, None, function)),
                WorldItem::Type { .. } => root,
                WorldItem::Interface { id, .. } => root || needed.contains(id),
            };
            if !kept {
                continue;
            }
            if let WorldItem::Interface { id, .. } = import {
                let asked = items.iter().filter(|item| item.interface == Some(key));
                let asked = asked.filter_map(|item| match item.kind {
                    Kind::Function(function) => Some((function.name.clone(), function.clone())),
                    Kind::Resource(_) => None,
                });
                let all = &mut resolve.interfaces[*id].functions;
                functions.push((*id, std::mem::replace(all, asked.collect())));
            }
            let kept = &mut resolve.worlds[world].imports;
            kept.insert(key.clone(), import.clone());
        }
        Narrowed {
            world,
            imports,
            functions,
        }
    }

    /// Puts back what was there.
    pub fn restore(self, resolve: &mut Resolve) {
        for (id, functions) in self.functions.into_iter().rev() {
            resolve.interfaces[id].functions = functions;
        }
        resolve.worlds[self.world].imports = self.imports;
    }
}

fn is(item: &Item<'_>, key: Option<&WorldKey>, function: &Function) -> bool {
    let same = matches!(item.kind, Kind::Function(asked) if asked.name == function.name);
    same && item.interface == key
}

/// The interfaces of the items, and those whose types they use.
fn needed(
    resolve: &Resolve,
    imports: &IndexMap<WorldKey, WorldItem>,
    items: &[Item<'_>],
) -> HashSet<InterfaceId> {
    let mut needed = HashSet::new();
    let keys: HashSet<&WorldKey> = items.iter().filter_map(|item| item.interface).collect();
    let mut open: Vec<InterfaceId> = keys
        .into_iter()
        .filter_map(|key| match imports.get(key) {
            Some(WorldItem::Interface { id, .. }) => Some(*id),
            _ => None,
        })
        .collect();
    while let Some(id) = open.pop() {
        if needed.insert(id) {
            open.extend(resolve.interface_direct_deps(id));
        }
    }
    needed
}

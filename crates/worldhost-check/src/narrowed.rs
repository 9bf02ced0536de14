//! A world for as long as only some of its items are spoken of.
//!
//! The type of a world is written into each component that asks about one of its items. With
//! all of it in each, many items would take a time that grows with their square.

use crate::item::{Item, Kind};
use std::collections::{HashMap, HashSet};
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
        let asked = Asked::of(items);
        let imports = std::mem::take(&mut resolve.worlds[world].imports);
        let needed = needed(resolve, &imports, &asked);
        let mut functions = Vec::new();
        for (key, import) in &imports {
            match import {
                WorldItem::Function(function) if asked.has(None, &function.name) => {}
                WorldItem::Type { .. } if asked.is_root() => {}
                WorldItem::Interface { id, .. } if asked.is_root() || needed.contains(id) => {
                    let all = &mut resolve.interfaces[*id].functions;
                    let kept = all.iter().filter(|(name, _)| asked.has(Some(key), name));
                    let kept = kept.map(|(name, function)| (name.clone(), function.clone()));
                    let kept = kept.collect();
                    functions.push((*id, std::mem::replace(all, kept)));
                }
                _ => continue,
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

/// The functions of each import, and with none those of the world itself.
struct Asked<'a>(HashMap<Option<&'a WorldKey>, HashSet<&'a str>>);

impl<'a> Asked<'a> {
    fn of(items: &[Item<'a>]) -> Self {
        let mut asked: HashMap<_, HashSet<_>> = HashMap::new();
        for item in items {
            let of = asked.entry(item.interface).or_default();
            if let Kind::Function(function) = item.kind {
                of.insert(function.name.as_str());
            }
        }
        Asked(asked)
    }

    fn has(&self, import: Option<&WorldKey>, function: &str) -> bool {
        let of = self.0.get(&import);
        of.is_some_and(|names| names.contains(function))
    }

    /// Whether there are items of the world itself, which may have types of anything.
    fn is_root(&self) -> bool {
        self.0.contains_key(&None)
    }
}

/// The interfaces of the items, and those whose types they use.
fn needed(
    resolve: &Resolve,
    imports: &IndexMap<WorldKey, WorldItem>,
    asked: &Asked<'_>,
) -> HashSet<InterfaceId> {
    let mut needed = HashSet::new();
    let keys = asked.0.keys().copied().flatten();
    let mut open: Vec<InterfaceId> = keys
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

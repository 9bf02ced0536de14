//! Comparing the groups and items of two worlds.

use super::change::{Change, ChangeKind, Dated, Effect};
use super::effect::{self, Context};
use super::surface::{Group, Item, Surfaces, What, kind_name};
use crate::names::ItemName;
use crate::side::Side;
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::PackageName;

pub(crate) fn compare(surfaces: &Surfaces<'_>) -> Vec<Change> {
    let (old, new) = (&surfaces.old, &surfaces.new);
    let context = Context::new(old, new);
    let mut changes = Vec::new();
    let keys: BTreeSet<_> = old.groups.keys().chain(new.groups.keys()).collect();
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    let empty = BTreeMap::new();
    for key in keys {
        match (old.groups.get(key), new.groups.get(key)) {
            // The world's own functions are items, never an interface.
            (a, b) if key.1.is_empty() => {
                let a = a.map_or(&empty, |group| &group.items);
                let b = b.map_or(&empty, |group| &group.items);
                compare_items(&context, key.0, "", a, b, &mut changes);
            }
            (Some(a), Some(b)) => {
                compare_items(&context, key.0, &key.1, &a.items, &b.items, &mut changes);
            }
            (Some(group), None) => gone.push((key, group)),
            (None, Some(group)) => come.push((key, group)),
            (None, None) => {}
        }
    }
    for (key, group) in gone {
        let same = |(to, other): &(&(Side, String), &Group)| to.0 == key.0 && twins(group, other);
        match come.iter().position(same) {
            Some(at) => {
                let (_, other) = come.remove(at);
                changes.push(effect::interface_renamed(key.0, group, other));
            }
            None => changes.push(effect::interface_removed(&context, key.0, group)),
        }
    }
    let added = come
        .iter()
        .map(|(key, group)| effect::interface_added(&context, key.0, group));
    changes.extend(added);
    merge_moves(&mut changes);
    if surfaces.from_component {
        // It has only what it uses, and says it in words of its own.
        changes.retain(|change| change.effect == Effect::Breaking);
    }
    changes
}

/// Two interfaces with the same, and any, items.
fn twins(a: &Group, b: &Group) -> bool {
    !a.items.is_empty()
        && a.items.len() == b.items.len()
        && a.items
            .iter()
            .zip(&b.items)
            .all(|((a, x), (b, y))| a == b && x.wit == y.wit)
}

fn compare_items(
    context: &Context<'_>,
    side: Side,
    group: &str,
    old: &BTreeMap<String, Item>,
    new: &BTreeMap<String, Item>,
    changes: &mut Vec<Change>,
) {
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for name in names {
        let path = match group {
            "" => ItemName::parse(name).path(),
            group => format!("{group}.{}", ItemName::parse(name).path()),
        };
        let (old, new) = (old.get(name), new.get(name));
        let Some((change, what)) = kind_of_change(context, old, new) else {
            continue;
        };
        let mut change = Change {
            change,
            side,
            what: what.to_string(),
            item: path,
            old: old.map(|item| item.wit.clone()),
            new: new.map(|item| item.wit.clone()),
            effect: Effect::Compatible,
            loads: true,
            why: String::new(),
            affects: Vec::new(),
        };
        effect::judge(context, &mut change, old, new);
        changes.push(change);
    }
}

fn kind_of_change(
    context: &Context<'_>,
    old: Option<&Item>,
    new: Option<&Item>,
) -> Option<(ChangeKind, &'static str)> {
    let (old_resolve, new_resolve) = (context.old.resolve, context.new.resolve);
    match (old, new) {
        (Some(old), None) => Some((ChangeKind::Removed, kind_name(old_resolve, &old.what))),
        (None, Some(new)) => Some((ChangeKind::Added, kind_name(new_resolve, &new.what))),
        (Some(old), Some(new)) if old.wit != new.wit => {
            let kind = kind_name(new_resolve, &new.what);
            match (&old.what, &new.what) {
                (What::Type(a), What::Type(b))
                    if context.compare.types(*a, *b).is_none() && defined_elsewhere(old, new) =>
                {
                    Some((ChangeKind::Moved, kind_name(old_resolve, &old.what)))
                }
                _ => Some((ChangeKind::Changed, kind)),
            }
        }
        _ => None,
    }
}

/// Whether one of the two is a `use` of what the other defines.
fn defined_elsewhere(old: &Item, new: &Item) -> bool {
    old.wit.starts_with("use ") || new.wit.starts_with("use ")
}

/// A type that went from one interface and came in another was moved: that is
/// one change and not two.
fn merge_moves(changes: &mut Vec<Change>) {
    let name = |change: &Change| change.item.rsplit('.').next().map(str::to_string);
    let is_type = |change: &Change| !matches!(&*change.what, "function" | "method" | "interface");
    let mut targets = Vec::new();
    for index in 0..changes.len() {
        let change = &changes[index];
        if !matches!(change.change, ChangeKind::Removed | ChangeKind::Moved) || !is_type(change) {
            continue;
        }
        let target = changes.iter().position(|other| {
            other.change == ChangeKind::Added
                && other.side == change.side
                && name(other) == name(change)
                && other.new == change.old
        });
        let Some(target) = target else {
            continue;
        };
        let to = changes[target].item.clone();
        let change = &mut changes[index];
        if change.change == ChangeKind::Removed {
            change.change = ChangeKind::Moved;
            change.new = Some(format!("{to}: {}", change.old.clone().unwrap_or_default()));
        }
        targets.push(target);
    }
    targets.sort_unstable();
    targets.dedup();
    for target in targets.into_iter().rev() {
        changes.remove(target);
    }
}

/// Packages that have another version, each once and not for every interface.
pub(crate) fn packages(surfaces: &Surfaces<'_>, old: Dated<'_>, new: Dated<'_>) -> Vec<Change> {
    let mut pairs: BTreeMap<String, (Side, PackageName, PackageName, bool)> = BTreeMap::new();
    for (key, group) in &surfaces.old.groups {
        let now = surfaces.new.groups.get(key);
        if let (Some(a), Some(b)) = (&group.package, now.and_then(|group| group.package.as_ref()))
            && a.version != b.version
        {
            let name = format!("{}:{}", a.namespace, a.name);
            let needed = !group.types_only(surfaces.old.resolve);
            let entry = pairs
                .entry(name)
                .or_insert((key.0, a.clone(), b.clone(), false));
            entry.3 |= needed;
        }
    }
    let own = |dated: Dated<'_>| {
        let package = dated.wit.resolve.worlds[dated.world].package?;
        Some(dated.wit.resolve.packages[package].name.clone())
    };
    if let (false, Some(a), Some(b)) = (surfaces.from_component, own(old), own(new))
        && (&a.namespace, &a.name) == (&b.namespace, &b.name)
        && a.version != b.version
    {
        let name = format!("{}:{}", a.namespace, a.name);
        pairs.entry(name).or_insert((Side::Import, a, b, false));
    }
    pairs
        .into_iter()
        .map(|(name, (side, old, new, linked))| effect::version(name, side, &old, &new, linked))
        .collect()
}

/// Interfaces that are new in the package and that the world does not reach: a
/// new file alone changes nothing.
pub(crate) fn notes(old: Dated<'_>, new: Dated<'_>) -> Vec<String> {
    let resolve = &new.wit.resolve;
    let package = &resolve.packages[new.wit.package];
    let before = &old.wit.resolve.packages[old.wit.package];
    let reached: BTreeSet<_> = resolve
        .worlds
        .iter()
        .flat_map(|(_, world)| world.imports.values().chain(world.exports.values()))
        .filter_map(|item| match item {
            wit_parser::WorldItem::Interface { id, .. } => Some(*id),
            _ => None,
        })
        .collect();
    let world = &resolve.worlds[new.world].name;
    let mut notes: Vec<String> = package
        .interfaces
        .iter()
        .filter(|(name, id)| !reached.contains(id) && !before.interfaces.contains_key(*name))
        .map(|(name, id)| {
            format!(
                "interface {name} ({}) is in no world: write `import {name};` or `export {name};` \
                 into world {world} to have it",
                resolve.render_location(resolve.interfaces[*id].span)
            )
        })
        .collect();
    if old.wit.component.is_none() {
        let was = &old.wit.resolve.worlds[old.world].name;
        if was != world {
            notes.push(format!(
                "world {was} is now {world}; components do not carry the world's name"
            ));
        }
    }
    notes
}

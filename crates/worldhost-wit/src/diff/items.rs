//! Comparing the groups and items of two worlds.

use super::about::About;
use super::asked::Asked;
use super::change::{Change, ChangeKind, Dated, Effect};
use super::effect::{self, Context};
use super::surface::{Group, Item, Surfaces, What, kind_name};
use crate::compare::Compare;
use crate::finding::{Finding, Level, Place};
use crate::names::ItemName;
use crate::rule::Rule;
use crate::side::Side;
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::Span;

/// Every change of an item.
pub(crate) fn compare(surfaces: &Surfaces<'_>) -> Vec<Change> {
    let (old, new) = (&surfaces.old, &surfaces.new);
    let context = Context::new(old, new);
    let mut changes = Vec::new();
    let keys: BTreeSet<_> = old.groups.keys().chain(new.groups.keys()).collect();
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for key in keys {
        match (old.groups.get(key), new.groups.get(key)) {
            (Some(a), Some(b)) => compare_group(&context, key, a, b, &mut changes),
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
                changes.push(effect::interface_renamed(&context, key.0, group, other));
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

fn compare_group(
    context: &Context<'_>,
    key: &(Side, String),
    old: &Group,
    new: &Group,
    changes: &mut Vec<Change>,
) {
    // A release is without the documentation of what it depends on, and a new version of
    // what others wrote is a change already.
    let others_version = old.package.version != new.package.version;
    let silent = context.is_foreign(new) && (old.documented != new.documented || others_version);
    let said = |about: &About| match silent {
        true => about.clone().undocumented(),
        false => about.clone(),
    };
    let mut add = |mut change: Change, span: Span| {
        change.homes.push(old.package.clone());
        change.homes.push(new.package.clone());
        change.place = Place::of(context.new.resolve, span);
        changes.push(change);
    };
    let about = said(&old.about).changes(&said(&new.about), key.0, "interface", &key.1);
    about.into_iter().for_each(|change| add(change, new.span));
    let names: BTreeSet<_> = old.items.keys().chain(new.items.keys()).collect();
    for name in names {
        let path = match key.1.as_str() {
            "" => ItemName::parse(name).path(),
            group => format!("{group}.{}", ItemName::parse(name).path()),
        };
        let (before, now) = (old.items.get(name), new.items.get(name));
        if let Some((kind, what)) = kind_of_change(context, before, now) {
            let mut change = Change::new(kind, key.0, what, path.as_str());
            change.old = before.map(|item| item.wit.clone());
            change.new = now.map(|item| item.wit.clone());
            effect::judge(context, &mut change, before, now);
            change.asks.extend(effect::asked(key.0, old, new, name));
            add(change, now.map_or(new.span, |now| now.span));
        }
        if let (Some(before), Some(now)) = (before, now) {
            let what = kind_name(context.new.resolve, &now.what);
            let about = said(&before.about).changes(&said(&now.about), key.0, what, &path);
            about.into_iter().for_each(|change| add(change, now.span));
        }
    }
}

/// All that may not link any more: what is in an interface that is not the same, or not
/// of the same version, to the last function.
pub(crate) fn asked(surfaces: &Surfaces<'_>) -> BTreeSet<Asked> {
    let mut asked = BTreeSet::new();
    let with_names = Compare {
        names: true,
        ..Compare::new(surfaces.old.resolve, surfaces.new.resolve)
    };
    let same = |old: &Group, new: &Group| {
        let functions = old.items.iter().all(|(name, item)| {
            let now = new.items.get(name).map(|now| &now.what);
            match (&item.what, now) {
                (What::Function(a), Some(What::Function(b))) => {
                    with_names.functions(a, b).is_none()
                }
                _ => true,
            }
        });
        let text = old.items.len() == new.items.len()
            && old
                .items
                .iter()
                .zip(&new.items)
                .all(|((a, x), (b, y))| a == b && x.wit == y.wit);
        functions && text && old.id == new.id
    };
    let (before, now) = (&surfaces.old, &surfaces.new);
    for (surface, side) in [(before, Side::Import), (now, Side::Export)] {
        for (key, group) in surface.groups.iter().filter(|(key, _)| key.0 == side) {
            let both = before.groups.get(key).zip(now.groups.get(key));
            if !both.is_some_and(|(old, new)| same(old, new)) {
                asked.extend(group.asked(surface.resolve, side));
            }
        }
    }
    asked
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
            change.becomes(ChangeKind::Moved);
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
    let mut changes: BTreeMap<String, Change> = BTreeMap::new();
    for (key, group) in &surfaces.old.groups {
        let Some(now) = surfaces.new.groups.get(key) else {
            continue;
        };
        let (a, b) = (&group.package, &now.package);
        if key.1.is_empty() || a.version == b.version {
            continue;
        }
        let needed = !group.types_only(surfaces.old.resolve);
        let name = format!("{}:{}", a.namespace, a.name);
        let mut change = effect::version(&name, key.0, a, b, needed);
        change.place = Place::of(surfaces.new.resolve, now.span);
        let asks = match key.0 {
            Side::Import => group.asked(surfaces.old.resolve, key.0),
            Side::Export => now.asked(surfaces.new.resolve, key.0),
        };
        let entry = changes.entry(name).or_insert_with(|| change.clone());
        if needed && entry.why == effect::UNNAMED {
            *entry = Change {
                asks: std::mem::take(&mut entry.asks),
                ..change
            };
        }
        entry.asks.extend(asks);
    }
    let (a, b) = (old.package(), new.package());
    if !surfaces.from_component
        && (&a.namespace, &a.name) == (&b.namespace, &b.name)
        && a.version != b.version
    {
        let name = format!("{}:{}", a.namespace, a.name);
        let mut change = effect::version(&name, Side::Import, a, b, false);
        change.place = Place::of(surfaces.new.resolve, surfaces.new.span);
        changes.entry(name).or_insert(change);
    }
    changes.into_values().collect()
}

/// What is said of the world otherwise.
pub(crate) fn world(surfaces: &Surfaces<'_>, new: Dated<'_>) -> Vec<Change> {
    if surfaces.from_component {
        return Vec::new();
    }
    let name = &new.wit.resolve.worlds[new.world].name;
    let (old, new) = (&surfaces.old.about, &surfaces.new.about);
    let mut changes = old.changes(new, Side::Import, "world", name);
    for change in &mut changes {
        change.place = Place::of(surfaces.new.resolve, surfaces.new.span);
    }
    changes
}

/// Interfaces that are new in the package and that the world does not reach: a
/// new file alone changes nothing.
pub(crate) fn notes(old: Dated<'_>, new: Dated<'_>) -> Vec<Finding> {
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
    let mut notes: Vec<Finding> = package
        .interfaces
        .iter()
        .filter(|(name, id)| !reached.contains(id) && !before.interfaces.contains_key(*name))
        .map(|(name, id)| {
            let span = resolve.interfaces[*id].span;
            let message = format!(
                "interface {name} ({}) is in no world: write `import {name};` or `export {name};` \
                 into world {world} to have it",
                resolve.render_location(span)
            );
            let place = Place::of(resolve, span);
            Finding::new(Rule::InterfaceInNoWorld, Level::Note, place, name, message)
        })
        .collect();
    if old.wit.component.is_none() {
        let was = &old.wit.resolve.worlds[old.world].name;
        if was != world {
            let message =
                format!("world {was} is now {world}; components do not carry the world's name");
            let place = Place::of(resolve, resolve.worlds[new.world].span);
            notes.push(Finding::new(
                Rule::WorldRenamed,
                Level::Note,
                place,
                world,
                message,
            ));
        }
    }
    notes
}

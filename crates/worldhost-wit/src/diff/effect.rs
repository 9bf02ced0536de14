//! What one change does to components that were built before it: whether the
//! WIT tooling calls it compatible, and whether Wasmtime still links them.

use super::asked::Asked;
use super::change::{Change, ChangeKind, Effect};
use super::surface::{Group, Item, Surface, What};
use crate::compare::Compare;
use crate::finding::Place;
use crate::names::{self, ItemName};
use crate::rule::Rule;
use crate::side::Side;
use crate::types::{definition, reached};
use std::collections::BTreeSet;
use wit_parser::{Function, PackageName, Resolve, TypeDefKind, TypeId};

/// Both worlds.
pub(crate) struct Context<'a> {
    pub(crate) old: &'a Surface<'a>,
    pub(crate) new: &'a Surface<'a>,
    /// What a component of the old world was built for, beside what there is now.
    pub(crate) compare: Compare<'a>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(old: &'a Surface<'a>, new: &'a Surface<'a>) -> Context<'a> {
        // What the version of an interface means is said once, of its package.
        let compare = Compare {
            versions: false,
            ..Compare::new(old.resolve, new.resolve)
        };
        Context { old, new, compare }
    }

    /// Whether an interface is of another package than the world.
    pub(crate) fn is_foreign(&self, group: &Group) -> bool {
        let (of, own) = (&group.package, &self.new.package);
        (&of.namespace, &of.name) != (&own.namespace, &own.name)
    }

    /// The old functions that reach a type, and of these the ones that are
    /// written as before and are not the same any more.
    fn users(&self, id: TypeId) -> Users {
        let definition = definition(self.old.resolve, id);
        let mut users = Users::default();
        for (key, name, function) in self.old.functions() {
            let types = reached(self.old.resolve, function);
            if !types.contains(&id) && !types.contains(&definition) {
                continue;
            }
            users.any = true;
            let old = &self.old.groups[key];
            let Some(new) = self.new.groups.get(key) else {
                continue;
            };
            if let Some(now) = new.items.get(name)
                && let What::Function(is) = &now.what
                && now.wit == old.items[name].wit
                && self.compare.functions(function, is).is_some()
            {
                let side = key.0;
                users.names.push(match key.1.as_str() {
                    "" => format!("{side} {}", ItemName::parse(name).path()),
                    group => format!("{side} {group}.{}", ItemName::parse(name).path()),
                });
                users.asks.extend(asked(side, old, new, name));
                for home in [&old.package, &new.package] {
                    if !users.homes.contains(home) {
                        users.homes.push(home.clone());
                    }
                }
            }
        }
        users
    }
}

/// What hangs on a type.
#[derive(Default)]
struct Users {
    /// Whether any function has it.
    any: bool,
    /// Those that are others by it, though they are written as before.
    names: Vec<String>,
    asks: BTreeSet<Asked>,
    homes: Vec<PackageName>,
}

impl Users {
    fn into(self, change: &mut Change) {
        change.affects = self.names;
        change.asks.extend(self.asks);
        change.homes.extend(self.homes);
    }
}

/// Who asks for an item, and under which name: components of the old world for what they
/// import, a host of the new for what they export.
pub(crate) fn asked(side: Side, old: &Group, new: &Group, item: &str) -> Option<Asked> {
    let who = match side {
        Side::Import => old,
        Side::Export => new,
    };
    let is_asked = matches!(who.items.get(item)?.what, What::Function(_));
    is_asked.then(|| Asked {
        side,
        interface: who.id.clone(),
        item: item.into(),
    })
}

impl Group {
    /// All that is asked for of it.
    pub(crate) fn asked(&self, resolve: &Resolve, side: Side) -> Vec<Asked> {
        let is_asked = |what: &What| match what {
            What::Function(_) => true,
            What::Type(id) => {
                side == Side::Import && matches!(resolve.types[*id].kind, TypeDefKind::Resource)
            }
        };
        let items = self.items.iter().filter(|(_, item)| is_asked(&item.what));
        let asked = items.map(|(name, _)| Asked {
            side,
            interface: self.id.clone(),
            item: name.clone(),
        });
        asked.collect()
    }
}

/// Fills in the effect of a change to a function or type.
pub(crate) fn judge(
    context: &Context<'_>,
    change: &mut Change,
    old: Option<&Item>,
    new: Option<&Item>,
) {
    match (old.map(|item| &item.what), new.map(|item| &item.what)) {
        (Some(What::Function(old)), Some(What::Function(new))) => {
            changed_function(context, change, old, new);
        }
        (Some(What::Type(old)), Some(What::Type(new))) => changed_type(context, change, *old, *new),
        (Some(What::Function(_)), None) => removed(change, true),
        (Some(What::Type(id)), None) => removed_type(context, change, *id),
        (None, Some(What::Function(_))) => added(change, true),
        (None, Some(What::Type(_))) => added(change, false),
        _ => change.breaks(false, "it is something else under the same name"),
    }
}

fn changed_function(context: &Context<'_>, change: &mut Change, old: &Function, new: &Function) {
    let with_names = Compare {
        names: true,
        ..context.compare
    };
    if context.compare.functions(old, new).is_some() {
        let why = match change.side {
            Side::Import => "a component that calls it was compiled for the old type",
            Side::Export => "an existing component exports it with the old type",
        };
        change.breaks(false, why);
    } else if with_names.functions(old, new).is_some() {
        change.breaks(
            true,
            "only names of parameters changed: Wasmtime does not compare them, other tools do",
        );
        change.rule = Rule::ParameterRenamed;
    } else {
        change.why = "the same types, named otherwise".into();
    }
}

fn changed_type(context: &Context<'_>, change: &mut Change, old: TypeId, new: TypeId) {
    if context.compare.types(old, new).is_none() {
        change.why = match change.change {
            ChangeKind::Moved => "the same type, defined elsewhere",
            _ => "the same type, written otherwise",
        }
        .into();
        return;
    }
    let users = context.users(old);
    match (users.any, change.side) {
        (false, Side::Import) => change.why = "no function used it".into(),
        (false, Side::Export) => change.breaks(
            true,
            "no function uses it: Wasmtime does not ask for it, other tools do",
        ),
        (true, _) if users.names.is_empty() => {
            change.breaks(true, "functions that use it changed too");
        }
        (true, _) => change.breaks(false, "functions that use it have other types now"),
    }
    users.into(change);
}

fn removed_type(context: &Context<'_>, change: &mut Change, id: TypeId) {
    let users = context.users(id);
    match (change.side, users.any) {
        (Side::Export, _) => change.why = "nobody asks an existing component for it".into(),
        (Side::Import, false) => change.why = "no function used it".into(),
        (Side::Import, true) => change.breaks(
            users.names.is_empty() && change.what != "resource",
            "components that import it name it",
        ),
    }
    users.into(change);
}

fn removed(change: &mut Change, needed: bool) {
    match change.side {
        Side::Import => change.breaks(!needed, "a component that calls it finds nothing to call"),
        Side::Export => change.why = "an existing component still has it; nobody calls it".into(),
    }
}

fn added(change: &mut Change, needed: bool) {
    match (change.side, needed) {
        (Side::Import, _) => change.why = "existing components do not ask for it".into(),
        (Side::Export, true) => change.breaks(false, "existing components do not export it"),
        (Side::Export, false) => change.breaks(
            true,
            "existing components do not export it: Wasmtime does not ask for it, other tools do",
        ),
    }
}

pub(crate) fn interface_added(context: &Context<'_>, side: Side, group: &Group) -> Change {
    let mut change = Change::new(ChangeKind::Added, side, "interface", group.id.as_str());
    change.new = Some(group.wit.clone());
    change.place = Place::of(context.new.resolve, group.span);
    added(&mut change, !group.types_only(context.new.resolve));
    if side == Side::Export {
        change.asks = group.asked(context.new.resolve, side);
    }
    // A world may come to have what the package had before.
    if !is_in(context.old.resolve, group) {
        change.homes.push(group.package.clone());
    }
    change
}

pub(crate) fn interface_removed(context: &Context<'_>, side: Side, group: &Group) -> Change {
    let mut change = Change::new(ChangeKind::Removed, side, "interface", group.id.as_str());
    change.old = Some(group.wit.clone());
    change.place = Place::of(context.new.resolve, context.new.span);
    removed(&mut change, !group.types_only(context.old.resolve));
    if change.effect == Effect::Breaking {
        change.why = "a component that imports it finds nothing".into();
    }
    if side == Side::Import {
        change.asks = group.asked(context.old.resolve, side);
    }
    if !is_in(context.new.resolve, group) {
        change.homes.push(group.package.clone());
    }
    change
}

/// Whether a text has the interface, in the world or out of it.
fn is_in(resolve: &Resolve, group: &Group) -> bool {
    let mut interfaces = resolve.interfaces.iter();
    interfaces.any(|(id, _)| resolve.id_of(id).as_deref() == Some(group.id.as_str()))
}

pub(crate) fn interface_renamed(
    context: &Context<'_>,
    side: Side,
    old: &Group,
    new: &Group,
) -> Change {
    let mut change = Change::new(ChangeKind::Renamed, side, "interface", old.id.as_str());
    change.old = Some(old.id.clone());
    change.new = Some(new.id.clone());
    change.place = Place::of(context.new.resolve, new.span);
    change.homes = vec![old.package.clone(), new.package.clone()];
    change.asks = match side {
        Side::Import => old.asked(context.old.resolve, side),
        Side::Export => new.asked(context.new.resolve, side),
    };
    change.breaks(
        false,
        format!("existing components {side} it by its old name"),
    );
    change
}

/// Of a package in which there is nothing to link.
pub(crate) const UNNAMED: &str = "no component names this package";

/// A package with another version. `linked` tells whether an interface of it has something
/// that the linker looks up.
pub(crate) fn version(
    name: &str,
    side: Side,
    old: &PackageName,
    new: &PackageName,
    linked: bool,
) -> Change {
    let text = |package: &PackageName| match &package.version {
        Some(version) => version.to_string(),
        None => "no version".to_string(),
    };
    let mut change = Change::new(ChangeKind::Changed, side, "package", name);
    change.old = Some(text(old));
    change.new = Some(text(new));
    let compatible = match (&old.version, &new.version) {
        (Some(old), Some(new)) => names::compatible(old, new),
        (old, new) => old == new,
    };
    if !linked {
        change.why = UNNAMED.into();
    } else if compatible {
        change.why = "Wasmtime's linker takes any semver-compatible version".into();
    } else {
        change.breaks(
            false,
            "existing components name the old version, and the two are not semver-compatible",
        );
    }
    change
}

//! What one change does to components that were built before it: whether the
//! WIT tooling calls it compatible, and whether Wasmtime still links them.

use super::change::{Change, ChangeKind, Effect};
use super::surface::{Group, Item, Surface, What};
use crate::compare::Compare;
use crate::names::{self, ItemName};
use crate::side::Side;
use crate::types::{definition, reached};
use wit_parser::{Function, PackageName, TypeId};

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

    /// The old functions that reach a type, and of these the ones that are
    /// written as before and are not the same any more.
    fn users(&self, id: TypeId) -> (bool, Vec<String>) {
        let definition = definition(self.old.resolve, id);
        let mut used = false;
        let mut affected = Vec::new();
        for (key, name, function) in self.old.functions() {
            let types = reached(self.old.resolve, function);
            if !types.contains(&id) && !types.contains(&definition) {
                continue;
            }
            used = true;
            let now = self
                .new
                .groups
                .get(key)
                .and_then(|group| group.items.get(name));
            let before = &self.old.groups[key].items[name];
            if let Some(now) = now
                && let What::Function(new) = &now.what
                && now.wit == before.wit
                && self.compare.functions(function, new).is_some()
            {
                let side = key.0;
                affected.push(match key.1.as_str() {
                    "" => format!("{side} {}", ItemName::parse(name).path()),
                    group => format!("{side} {group}.{}", ItemName::parse(name).path()),
                });
            }
        }
        (used, affected)
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
        _ => set(change, false, "it is something else under the same name"),
    }
}

fn set(change: &mut Change, loads: bool, why: impl Into<String>) {
    change.effect = Effect::Breaking;
    change.loads = loads;
    change.why = why.into();
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
        set(change, false, why);
    } else if with_names.functions(old, new).is_some() {
        set(
            change,
            true,
            "only names of parameters changed: Wasmtime does not compare them, other tools do",
        );
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
    let (used, affected) = context.users(old);
    match (used, change.side) {
        (false, Side::Import) => change.why = "no function used it".into(),
        (false, Side::Export) => set(
            change,
            true,
            "no function uses it: Wasmtime does not ask for it, other tools do",
        ),
        (true, _) if affected.is_empty() => set(change, true, "functions that use it changed too"),
        (true, _) => set(change, false, "functions that use it have other types now"),
    }
    change.affects = affected;
}

fn removed_type(context: &Context<'_>, change: &mut Change, id: TypeId) {
    let (used, affected) = context.users(id);
    change.affects = affected;
    match (change.side, used) {
        (Side::Export, _) => change.why = "nobody asks an existing component for it".into(),
        (Side::Import, false) => change.why = "no function used it".into(),
        (Side::Import, true) => set(
            change,
            change.affects.is_empty() && change.what != "resource",
            "components that import it name it",
        ),
    }
}

fn removed(change: &mut Change, needed: bool) {
    match change.side {
        Side::Import => set(
            change,
            !needed,
            "a component that calls it finds nothing to call",
        ),
        Side::Export => change.why = "an existing component still has it; nobody calls it".into(),
    }
}

fn added(change: &mut Change, needed: bool) {
    match (change.side, needed) {
        (Side::Import, _) => change.why = "existing components do not ask for it".into(),
        (Side::Export, true) => set(change, false, "existing components do not export it"),
        (Side::Export, false) => set(
            change,
            true,
            "existing components do not export it: Wasmtime does not ask for it, other tools do",
        ),
    }
}

fn interface(change: ChangeKind, side: Side, item: &str) -> Change {
    Change {
        change,
        side,
        what: "interface".into(),
        item: item.into(),
        old: None,
        new: None,
        effect: Effect::Compatible,
        loads: true,
        why: String::new(),
        affects: Vec::new(),
    }
}

pub(crate) fn interface_added(context: &Context<'_>, side: Side, group: &Group) -> Change {
    let mut change = interface(ChangeKind::Added, side, &group.id);
    change.new = Some(group.wit.clone());
    added(&mut change, !group.types_only(context.new.resolve));
    change
}

pub(crate) fn interface_removed(context: &Context<'_>, side: Side, group: &Group) -> Change {
    let mut change = interface(ChangeKind::Removed, side, &group.id);
    change.old = Some(group.wit.clone());
    removed(&mut change, !group.types_only(context.old.resolve));
    if change.effect == Effect::Breaking {
        change.why = "a component that imports it finds nothing".into();
    }
    change
}

pub(crate) fn interface_renamed(side: Side, old: &Group, new: &Group) -> Change {
    let mut change = interface(ChangeKind::Renamed, side, &old.id);
    change.old = Some(old.id.clone());
    change.new = Some(new.id.clone());
    set(
        &mut change,
        false,
        format!("existing components {side} it by its old name"),
    );
    change
}

/// A package with another version. `linked` tells whether any of its interfaces
/// has something that the linker looks up.
pub(crate) fn version(
    name: String,
    side: Side,
    old: &PackageName,
    new: &PackageName,
    linked: bool,
) -> Change {
    let text = |package: &PackageName| match &package.version {
        Some(version) => version.to_string(),
        None => "no version".to_string(),
    };
    let mut change = interface(ChangeKind::Changed, side, &name);
    change.what = "package".into();
    change.old = Some(text(old));
    change.new = Some(text(new));
    let compatible = match (&old.version, &new.version) {
        (Some(old), Some(new)) => names::compatible(old, new),
        (old, new) => old == new,
    };
    if !linked {
        change.why = "no component names this package".into();
    } else if compatible {
        change.why = "Wasmtime's linker takes any semver-compatible version".into();
    } else {
        set(
            &mut change,
            false,
            "existing components name the old version, and the two are not semver-compatible",
        );
    }
    change
}

//! What functions have of the types: some cannot grow, others nobody has.

use super::package::Package;
use std::collections::HashSet;
use wit_parser::{TypeDefKind, TypeId, WorldItem};
use worldhost_wit::{Finding, Level, Place, Rule, reached};

/// Cases that stand for what is not known yet.
const OPEN: [&str; 5] = ["other", "unknown", "unspecified", "unsupported", "custom"];

pub(super) fn lint(package: &Package<'_>) -> Vec<Finding> {
    let resolve = package.resolve;
    let used = used(package);
    let mut findings = Vec::new();
    let reached = in_worlds(package);
    for (name, id) in package.interfaces() {
        let interface = &resolve.interfaces[id];
        if !reached.contains(&id) {
            let place = Place::of(resolve, interface.span);
            let message = format!(
                "{name} is in no world, and so in no bindings: import or export it, or remove it"
            );
            let finding = Finding::new(
                Rule::InterfaceInNoWorld,
                Level::Note,
                place,
                name.as_str(),
                message,
            );
            findings.push(finding);
        }
        for (ty, id) in &interface.types {
            let item = format!("{name}.{ty}");
            let place = Place::of(resolve, resolve.types[*id].span);
            if !used.contains(id) {
                if !interface.functions.is_empty() {
                    let message = format!(
                        "{item} is in no function: it binds nobody, and cannot be changed without \
                         a word to those who read it; use it or remove it"
                    );
                    findings.push(Finding::new(
                        Rule::TypeUnused,
                        Level::Warning,
                        place,
                        item,
                        message,
                    ));
                }
                continue;
            }
            if let Some(kind) = closed(&resolve.types[*id].kind) {
                let message = format!(
                    "{item} cannot grow: one more case breaks every component that has it; a case \
                     such as `other(string)` takes what comes later, or the {kind} is complete by \
                     its nature"
                );
                findings.push(Finding::new(
                    Rule::VariantCannotGrow,
                    Level::Note,
                    place,
                    item,
                    message,
                ));
            }
        }
    }
    findings
}

/// Whether it is a variant or an enum with no case for what comes later.
fn closed(kind: &TypeDefKind) -> Option<&'static str> {
    let open = |name: &String| OPEN.contains(&name.as_str());
    match kind {
        TypeDefKind::Variant(variant) if !variant.cases.iter().any(|case| open(&case.name)) => {
            Some("variant")
        }
        TypeDefKind::Enum(all) if !all.cases.iter().any(|case| open(&case.name)) => Some("enum"),
        _ => None,
    }
}

/// The types that any function has, of whichever package. A resource is used by its being
/// there: it can be taken and given in handles, and has functions of its own.
fn used(package: &Package<'_>) -> HashSet<TypeId> {
    let resolve = package.resolve;
    let in_interfaces = resolve.interfaces.iter();
    let in_interfaces = in_interfaces.flat_map(|(_, interface)| interface.functions.values());
    let worlds = resolve.worlds.iter();
    let in_worlds = worlds.flat_map(|(_, world)| {
        let items = world.imports.values().chain(world.exports.values());
        items.filter_map(|item| match item {
            WorldItem::Function(function) => Some(function),
            _ => None,
        })
    });
    let mut used: HashSet<TypeId> = in_interfaces
        .chain(in_worlds)
        .flat_map(|function| reached(resolve, function))
        .collect();
    // What another interface takes from here.
    for (id, ty) in resolve.types.iter() {
        if let TypeDefKind::Type(wit_parser::Type::Id(other)) = &ty.kind
            && resolve.types[*other].owner != ty.owner
        {
            used.insert(*other);
        }
        if let TypeDefKind::Resource = &ty.kind {
            used.insert(id);
        }
    }
    used
}

fn in_worlds(package: &Package<'_>) -> HashSet<wit_parser::InterfaceId> {
    let worlds = package.resolve.worlds.iter();
    let items = worlds.flat_map(|(_, world)| world.imports.values().chain(world.exports.values()));
    let interfaces = items.filter_map(|item| match item {
        WorldItem::Interface { id, .. } => Some(*id),
        _ => None,
    });
    interfaces.collect()
}

//! Versions, and since when things are there.

use super::package::Package;
use wit_parser::{Span, Stability};
use worldhost_wit::{Finding, ItemName, Level, Place, Rule};

pub(super) fn lint(package: &Package<'_>) -> Vec<Finding> {
    match &package.package().name.version {
        None => without_version(package).into_iter().collect(),
        Some(_) => without_since(package),
    }
}

fn without_version(package: &Package<'_>) -> Option<Finding> {
    let of = package.package();
    let resolve = package.resolve;
    let interfaces = of
        .interfaces
        .values()
        .map(|id| resolve.interfaces[*id].span);
    let mut spans = interfaces.chain(of.worlds.values().map(|id| resolve.worlds[*id].span));
    let span = spans.next()?;
    let name = of.name.to_string();
    let message = format!(
        "package {name} has no version: a linker takes old and new for the same, and a component \
         built for the one fails in the other with no word of why; write `package {name}@0.1.0;`"
    );
    let place = Place::of(resolve, span);
    Some(Finding::new(
        Rule::PackageWithoutVersion,
        Level::Warning,
        place,
        name,
        message,
    ))
}

/// Of an interface that says nothing about itself, once; else of each item.
fn without_since(package: &Package<'_>) -> Vec<Finding> {
    let resolve = package.resolve;
    let mut findings = Vec::new();
    let mut add = |item: String, span: Span| {
        let message = format!(
            "{item} says not since when it is there: who builds against an older version cannot \
             tell that it is too new; write `@since(version = ...)`, or `@unstable(feature = ...)`"
        );
        let place = Place::of(resolve, span);
        findings.push(Finding::new(
            Rule::ItemWithoutSince,
            Level::Note,
            place,
            item,
            message,
        ));
    };
    for (name, id) in package.interfaces() {
        let interface = &resolve.interfaces[id];
        if interface.stability == Stability::Unknown {
            add(name, interface.span);
            continue;
        }
        for (item, id) in &interface.types {
            let ty = &resolve.types[*id];
            if ty.stability == Stability::Unknown {
                add(format!("{name}.{item}"), ty.span);
            }
        }
        for (item, function) in &interface.functions {
            let owner = function
                .kind
                .resource()
                .map(|id| &resolve.types[id].stability);
            if function.stability == Stability::Unknown && owner != Some(&Stability::Unknown) {
                add(
                    format!("{name}.{}", ItemName::parse(item).path()),
                    function.span,
                );
            }
        }
    }
    findings
}

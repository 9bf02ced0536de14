//! The import side: what the component wants, and whether it is there.

use super::offered::Offered;
use super::probe::{Item, Kind, Probe, items};
use super::report::{Misfit, Problem, Remedy, Side};
use super::types::{Compare, signature};
use super::version;
use crate::nearest::nearest;
use crate::{Runtime, link};
use anyhow::Result;
use semver::Version;
use std::collections::HashMap;
use wasmparser::{ComponentTypeRef, Parser, Payload};
use wit_parser::{
    Function, Handle, Resolve, Type, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey,
};

/// Every import that does not link, by the linker's own verdict.
///
/// An error is a component whose imports WIT has no words for.
pub(super) fn misfits<T: Send + 'static>(
    runtime: &Runtime<T>,
    resolve: &Resolve,
    world: WorldId,
    offered: Offered<'_>,
) -> Result<Vec<Misfit>> {
    let probe = Probe::new(runtime, resolve, world);
    let imports = &resolve.worlds[world].imports;
    let all: Vec<Item<'_>> = imports
        .iter()
        .flat_map(|(key, import)| items(resolve, key, import))
        .collect();
    let Err(words) = probe.ask(&all)? else {
        return Ok(Vec::new());
    };
    let mut search = Search {
        runtime,
        probe,
        resolve,
        offered,
        resources: HashMap::new(),
        found: Vec::new(),
    };
    for (key, import) in imports {
        search.import(key, import)?;
    }
    // Each fits alone: it is their combination, such as one resource by way of
    // two versions.
    if search.found.is_empty() {
        search.found.push(unexplained(None, &words));
    }
    Ok(search.found)
}

struct Search<'a, T: 'static> {
    runtime: &'a Runtime<T>,
    probe: Probe<'a, T>,
    resolve: &'a Resolve,
    offered: Offered<'a>,
    /// Whether a resource links, for those that were asked about.
    resources: HashMap<TypeId, bool>,
    found: Vec<Misfit>,
}

impl<T: Send + 'static> Search<'_, T> {
    fn import(&mut self, key: &WorldKey, import: &WorldItem) -> Result<()> {
        let items = items(self.resolve, key, import);
        if items.is_empty() {
            return Ok(());
        }
        let Err(words) = self.probe.ask(&items)? else {
            return Ok(());
        };
        let name = self.resolve.name_world_key(key);
        if matches!(import, WorldItem::Interface { .. }) && !self.has(&name) {
            self.found.push(self.unknown_interface(&name));
            return Ok(());
        }
        let before = self.found.len();
        for item in &items {
            self.item(&name, item)?;
        }
        if self.found.len() == before && !self.rests_on_missing(&items) {
            self.found.push(unexplained(Some(name), &words));
        }
        Ok(())
    }

    fn has(&self, interface: &str) -> bool {
        link::has_instance(self.runtime.linker(), interface)
    }

    fn item(&mut self, interface: &str, item: &Item<'_>) -> Result<()> {
        let answer = self.probe.ask(std::slice::from_ref(item))?;
        if let Kind::Resource(id) = item.kind {
            self.resources.insert(id, answer.is_ok());
        }
        let Err(words) = answer else {
            return Ok(());
        };
        let interface = item.interface.map(|_| interface);
        let misfit = match item.kind {
            Kind::Resource(id) => {
                let name = self.resolve.types[id].name.as_deref().unwrap_or_default();
                self.missing(interface, name, "resource")
            }
            Kind::Function(_) if self.rests_on_missing(std::slice::from_ref(item)) => {
                return Ok(());
            }
            Kind::Function(function) if words.contains("implementation is missing") => {
                let mut misfit = self.missing(interface, &function.name, "function");
                misfit.component = Some(signature(self.resolve, function));
                misfit
            }
            Kind::Function(function) => self.changed(interface, function, &words),
        };
        self.found.push(misfit);
        Ok(())
    }

    /// Whether an item's type has a resource that does not link: then that is
    /// what is wrong, and this only follows from it.
    fn rests_on_missing(&self, items: &[Item<'_>]) -> bool {
        let mut used = Vec::new();
        for item in items {
            if let Kind::Function(function) = item.kind {
                for ty in function.parameter_and_result_types() {
                    resources_in(self.resolve, &ty, &mut used);
                }
            }
        }
        used.into_iter().any(|id| match self.resources.get(&id) {
            Some(links) => !links,
            None => match self.resolve.type_interface_dep(id) {
                Some(home) => !self.resolve.id_of(home).is_some_and(|name| self.has(&name)),
                None => false,
            },
        })
    }

    fn unknown_interface(&self, name: &str) -> Misfit {
        let (base, wanted) = version::split(name);
        let versions = self.offered.versions(base, |name| self.has(name));
        let Some(remedy) = Offered::other_version(name, &versions) else {
            let there = self.offered.names().filter(|name| self.has(name));
            let remedy = Remedy::NotOffered {
                nearest: nearest(name, there),
            };
            let mut misfit = Misfit::new(Side::Import, Problem::Missing, remedy);
            misfit.interface = Some(name.to_string());
            return misfit;
        };
        let versions: Vec<String> = versions.iter().map(Version::to_string).collect();
        let mut misfit = Misfit::new(Side::Import, Problem::Version, remedy);
        misfit.interface = Some(name.to_string());
        misfit.component = wanted.map(|version| version.to_string());
        misfit.host = Some(versions.join(" and "));
        misfit
    }

    fn missing(&self, interface: Option<&str>, item: &str, kind: &str) -> Misfit {
        let provided = interface.and_then(|name| self.offered.interface(name));
        let mut misfit = Misfit::new(Side::Import, Problem::Missing, not_offered());
        if let Some((name, provided)) = provided {
            let names = provided.functions.keys().chain(provided.types.keys());
            let names = names.cloned();
            misfit.remedy = self.offered.other_type(&name, provided.span, item, names);
            if interface != Some(&name) {
                misfit.detail = Some(format!("{name}, which is provided, has no such {kind}"));
            }
        }
        misfit.interface = interface.map(String::from);
        misfit.item = Some(item.to_string());
        misfit
    }

    fn changed(&self, interface: Option<&str>, function: &Function, words: &str) -> Misfit {
        let mut misfit = Misfit::new(Side::Import, Problem::Type, not_offered());
        misfit.interface = interface.map(String::from);
        misfit.item = Some(function.name.clone());
        misfit.component = Some(signature(self.resolve, function));
        let provided = interface.and_then(|name| self.offered.interface(name));
        if let Some((name, provided)) = provided
            && let Some(known) = provided.functions.get(&function.name)
        {
            let compare = Compare {
                component: self.resolve,
                host: self.offered.resolve,
                names: false,
                is_async: true,
            };
            misfit.detail = compare.functions(function, known);
            misfit.host = Some(signature(self.offered.resolve, known));
            misfit.remedy = self
                .offered
                .other_type(&name, known.span, &function.name, []);
        }
        misfit.detail = misfit.detail.or_else(|| Some(last_words(words)));
        misfit
    }
}

/// Imports that WIT has no words for, and no linker of components has: core
/// modules, components and values.
pub(super) fn beyond_wit(bytes: &[u8]) -> Vec<Misfit> {
    let mut depth = 0;
    let mut found = Vec::new();
    for payload in Parser::new(0)
        .parse_all(bytes)
        .map_while(|payload| payload.ok())
    {
        match payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 1 => {
                let imports = imports.into_iter().map_while(|import| import.ok());
                found.extend(imports.filter_map(|import| match import.ty {
                    ComponentTypeRef::Module(_)
                    | ComponentTypeRef::Component(_)
                    | ComponentTypeRef::Value(_) => Some(import.name.name.to_string()),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    found
        .into_iter()
        .map(|name| {
            let mut misfit = Misfit::new(Side::Import, Problem::Missing, not_offered());
            misfit.item = Some(name);
            misfit
        })
        .collect()
}

fn unexplained(interface: Option<String>, words: &str) -> Misfit {
    let mut misfit = Misfit::new(Side::Import, Problem::Type, not_offered());
    misfit.interface = interface;
    misfit.detail = Some(last_words(words));
    misfit
}

fn not_offered() -> Remedy {
    Remedy::NotOffered {
        nearest: Vec::new(),
    }
}

/// The linker's reason, without the path to it.
fn last_words(words: &str) -> String {
    let reason = words.rsplit("has the wrong type: ").next();
    reason.unwrap_or(words).replace('\n', " ")
}

fn resources_in(resolve: &Resolve, ty: &Type, found: &mut Vec<TypeId>) {
    let Type::Id(id) = ty else { return };
    let mut each = |ty: &Type| resources_in(resolve, ty, found);
    match &resolve.types[*id].kind {
        TypeDefKind::Resource => found.push(*id),
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => each(&Type::Id(*id)),
        TypeDefKind::Record(record) => record.fields.iter().for_each(|f| each(&f.ty)),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().for_each(each),
        TypeDefKind::Variant(variant) => {
            let payloads = variant.cases.iter().filter_map(|case| case.ty.as_ref());
            payloads.for_each(each);
        }
        TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).for_each(each),
        TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => ty.iter().for_each(each),
        TypeDefKind::Map(key, value) => {
            each(key);
            each(value);
        }
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => each(ty),
        TypeDefKind::Flags(_) | TypeDefKind::Enum(_) | TypeDefKind::Unknown => {}
    }
}

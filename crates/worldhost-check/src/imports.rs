//! The import side: what the component wants, and whether it is there.

use crate::item::{Item, Kind, items};
use crate::offered::{interface, other_type, other_version, unstable};
use crate::probe::Probe;
use crate::report::{Misfit, Problem, Remedy};
use semver::Version;
use std::collections::HashMap;
use wit_parser::{Function, Resolve, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey};
use worldhost::{Runtime, wording};
use worldhost_wit::{Compare, InterfaceName, Offer, Side, nearest, reached, signature};

/// Every import that does not link, by the linker's own verdict. What cannot be asked
/// about, as it needs a proposal that is off, is left out.
pub(crate) fn misfits<T: Send + 'static>(
    runtime: &Runtime<T>,
    resolve: &Resolve,
    world: WorldId,
    offer: &Offer,
) -> Vec<Misfit> {
    let probe = Probe::new(runtime.engine(), resolve, world);
    let imports = &resolve.worlds[world].imports;
    let all: Vec<Item<'_>> = imports
        .iter()
        .flat_map(|(key, import)| items(resolve, key, import))
        .collect();
    let together = probe.ask(runtime.linker(), &all);
    if let Ok(Ok(())) = together {
        return Vec::new();
    }
    let mut search = Search {
        runtime,
        probe,
        resolve,
        offer,
        resources: HashMap::new(),
        found: Vec::new(),
    };
    for (key, import) in imports {
        search.import(key, import);
    }
    // Each fits alone: it is their combination, such as one resource by way of
    // two versions.
    if search.found.is_empty()
        && let Ok(Err(words)) = together
    {
        search.found.push(unexplained(None, &words));
    }
    search.found
}

struct Search<'a, T: 'static> {
    runtime: &'a Runtime<T>,
    probe: Probe<'a>,
    resolve: &'a Resolve,
    offer: &'a Offer,
    /// Whether a resource links, for those that were asked about.
    resources: HashMap<TypeId, bool>,
    found: Vec<Misfit>,
}

impl<T: Send + 'static> Search<'_, T> {
    fn import(&mut self, key: &WorldKey, import: &WorldItem) {
        let items = items(self.resolve, key, import);
        if items.is_empty() {
            return;
        }
        let name = InterfaceName::from(self.resolve.name_world_key(key));
        if matches!(import, WorldItem::Interface { .. }) && !self.has(&name) {
            self.found.push(self.unknown_interface(&name));
            return;
        }
        let answer = self.probe.ask(self.runtime.linker(), &items);
        if let Ok(Ok(())) = answer {
            return;
        }
        let before = self.found.len();
        for item in &items {
            self.item(&name, item);
        }
        if self.found.len() == before
            && !self.rests_on_missing(&items)
            && let Ok(Err(words)) = answer
        {
            self.found.push(unexplained(Some(&name), &words));
        }
    }

    fn has(&self, interface: &InterfaceName) -> bool {
        self.runtime.offers(interface.as_str())
    }

    fn item(&mut self, interface: &InterfaceName, item: &Item<'_>) {
        let Ok(answer) = self
            .probe
            .ask(self.runtime.linker(), std::slice::from_ref(item))
        else {
            return;
        };
        if let Kind::Resource(id) = item.kind {
            self.resources.insert(id, answer.is_ok());
        }
        let Err(words) = answer else {
            return;
        };
        let interface = item.interface.map(|_| interface);
        let misfit = match item.kind {
            Kind::Resource(id) => {
                let name = self.resolve.types[id].name.as_deref().unwrap_or_default();
                self.missing(interface, name, "resource")
            }
            Kind::Function(_) if self.rests_on_missing(std::slice::from_ref(item)) => return,
            Kind::Function(function) if wording::is_missing(&words) => {
                let mut misfit = self.missing(interface, &function.name, "function");
                misfit.component = Some(signature(self.resolve, function));
                misfit
            }
            Kind::Function(function) => self.changed(interface, function, &words),
        };
        self.found.push(misfit);
    }

    /// Whether an item's type has a resource that does not link: then that is
    /// what is wrong, and this only follows from it.
    fn rests_on_missing(&self, items: &[Item<'_>]) -> bool {
        let functions = items.iter().filter_map(|item| match item.kind {
            Kind::Function(function) => Some(function),
            Kind::Resource(_) => None,
        });
        let mut used = functions.flat_map(|function| reached(self.resolve, function));
        used.any(|id| self.is_missing_resource(id))
    }

    fn is_missing_resource(&self, id: TypeId) -> bool {
        if !matches!(self.resolve.types[id].kind, TypeDefKind::Resource) {
            return false;
        }
        if let Some(links) = self.resources.get(&id) {
            return !links;
        }
        let home = self.resolve.type_interface_dep(id);
        home.is_some_and(|home| {
            let name = self.resolve.id_of(home).map(InterfaceName::from);
            !name.is_some_and(|name| self.has(&name))
        })
    }

    fn unknown_interface(&self, wanted: &InterfaceName) -> Misfit {
        let others = self.offer.interfaces();
        let mut versions: Vec<Version> = others
            .filter(|name| name.base() == wanted.base() && self.has(name))
            .filter_map(|name| name.version().cloned())
            .collect();
        versions.sort();
        versions.dedup();
        let mut misfit = match other_version(wanted, &versions) {
            Some(remedy) => {
                let versions: Vec<String> = versions.iter().map(Version::to_string).collect();
                let mut misfit = Misfit::new(Side::Import, Problem::Version, remedy);
                misfit.component = wanted.version().map(Version::to_string);
                misfit.host = Some(versions.join(" and "));
                misfit
            }
            None => {
                let there = self.offer.interfaces().filter(|name| self.has(name));
                let there = there.map(|name| name.to_string());
                let known = interface(self.offer, wanted);
                let unstable = known.and_then(|(name, known)| unstable(&name, &known.stability));
                let remedy = unstable.unwrap_or_else(|| Remedy::NotOffered {
                    nearest: nearest(wanted.as_str(), there),
                });
                Misfit::new(Side::Import, Problem::Missing, remedy)
            }
        };
        misfit.interface = Some(wanted.to_string());
        misfit
    }

    fn missing(&self, wanted: Option<&InterfaceName>, item: &str, kind: &str) -> Misfit {
        let mut misfit = Misfit::new(Side::Import, Problem::Missing, Remedy::NOT_OFFERED);
        if let Some((name, provided)) = wanted.and_then(|name| interface(self.offer, name)) {
            let names = provided.functions.keys().chain(provided.types.keys());
            let names = names.cloned();
            let known = provided.functions.get(item);
            let unstable = known.and_then(|known| unstable(&name, &known.stability));
            let is_known = unstable.is_some();
            misfit.remedy = unstable
                .unwrap_or_else(|| other_type(self.offer, &name, provided.span, item, names));
            if !is_known && wanted != Some(&name) {
                misfit.detail = Some(format!("{name}, which is provided, has no such {kind}"));
            }
        }
        misfit.interface = wanted.map(InterfaceName::to_string);
        misfit.item = Some(item.to_string());
        misfit
    }

    fn changed(&self, wanted: Option<&InterfaceName>, function: &Function, words: &str) -> Misfit {
        let mut misfit = Misfit::new(Side::Import, Problem::Type, Remedy::NOT_OFFERED);
        misfit.interface = wanted.map(InterfaceName::to_string);
        misfit.item = Some(function.name.clone());
        misfit.component = Some(signature(self.resolve, function));
        let provided = wanted.and_then(|name| interface(self.offer, name));
        if let Some((name, provided)) = provided
            && let Some(known) = provided.functions.get(&function.name)
        {
            let host = self.offer.resolve();
            misfit.detail = Compare::new(self.resolve, host).functions(function, known);
            misfit.host = Some(signature(host, known));
            misfit.remedy = other_type(self.offer, &name, known.span, &function.name, []);
        }
        misfit.detail = misfit.detail.or_else(|| Some(last_words(words)));
        misfit
    }
}

pub(crate) fn unexplained(interface: Option<&InterfaceName>, words: &str) -> Misfit {
    let mut misfit = Misfit::new(Side::Import, Problem::Type, Remedy::NOT_OFFERED);
    misfit.interface = interface.map(InterfaceName::to_string);
    misfit.detail = Some(last_words(words));
    misfit
}

/// The linker's reason, without the path to it.
fn last_words(words: &str) -> String {
    wording::reason(words).replace('\n', " ")
}

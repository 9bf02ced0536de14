//! Whether components of one world are served by a host of another, by the word of
//! Wasmtime's linker.
//!
//! A linker has what the one world offers; a component asks for what the other one needs.
//! The linker finds the names, by its own rules for versions, and tells which resource is
//! which; the types of both are compared by Wasmtime's own equality. No Rust of either
//! world is needed, and nothing runs.
//!
//! What a host asks of a component is asked the same way: exports are taken for imports.

use crate::probe::{Item, Kind, Probe, items};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use wasmtime::component::types::{Component, ComponentFunc, ComponentItem};
use wasmtime::component::{Linker, ResourceType};
use wasmtime::{Config, Engine, OptLevel};
use wit_parser::{
    Function, IndexMap, InterfaceId, Resolve, TypeDefKind, TypeOwner, WorldId, WorldItem, WorldKey,
};
use worldhost_wit::{Asked, Dated, InterfaceName, Side, reached};

/// Asks Wasmtime's linker about worlds.
pub struct Prover {
    engine: Engine,
}

/// What a world imports; or what it exports, as if it imported that.
struct Imports {
    resolve: Resolve,
    world: WorldId,
    /// The interfaces, or functions of the world, that were exports.
    turned: BTreeSet<String>,
}

type Items = IndexMap<WorldKey, WorldItem>;

/// A function's interface, and its name.
type Path = (String, String);

impl Prover {
    /// A linker that takes all that WIT can say.
    ///
    /// # Errors
    ///
    /// When Wasmtime has no compiler for this machine.
    pub fn new() -> Result<Prover, wasmtime::Error> {
        let mut config = Config::new();
        config
            .wasm_component_model_async(true)
            .wasm_component_model_error_context(true)
            .wasm_component_model_map(true)
            .wasm_component_model_fixed_length_lists(true)
            .wasm_component_model_implements(true)
            // Nothing runs.
            .cranelift_opt_level(OptLevel::None);
        Ok(Prover {
            engine: Engine::new(&config)?,
        })
    }

    /// Whether `offer` has what `user` asks for.
    fn ask(&self, user: &Imports, offer: &Imports, asked: &[&Asked]) -> anyhow::Result<Vec<bool>> {
        let linker = offer.linker(&self.engine)?;
        let wanted: Vec<Option<Item<'_>>> = asked.iter().map(|ask| user.item(ask)).collect();
        let known: Vec<Item<'_>> = wanted.iter().flatten().copied().collect();
        let counterparts: Vec<Option<Item<'_>>> = asked
            .iter()
            .map(|ask| offer.item(&offer.counterpart(ask)?))
            .collect();
        let there: Vec<Item<'_>> = counterparts.iter().flatten().copied().collect();
        let probe = Probe::new(&self.engine, &offer.resolve, offer.world);
        let offered = linker
            .substituted_component_type(&probe.component(&there)?)
            .map_err(|error| anyhow::anyhow!("{error:#}"))?;
        let search = Search {
            engine: &self.engine,
            linker: &linker,
            probe: Probe::new(&self.engine, &user.resolve, user.world),
            offer,
            offered: functions(&self.engine, &offered),
        };
        let mut answers = search.links(&known)?.into_iter();
        let answers = wanted.iter().map(|item| match item {
            Some(_) => answers.next().unwrap_or_default(),
            None => false,
        });
        Ok(answers.collect())
    }
}

impl worldhost_wit::Linker for Prover {
    fn links(
        &self,
        old: Dated<'_>,
        new: Dated<'_>,
        asked: &BTreeSet<Asked>,
    ) -> Result<BTreeMap<Asked, bool>, String> {
        let mut answers = BTreeMap::new();
        for side in [Side::Import, Side::Export] {
            let asked: Vec<&Asked> = asked.iter().filter(|ask| ask.side == side).collect();
            if asked.is_empty() {
                continue;
            }
            let both = match side {
                Side::Import => Some((Imports::of(old), Imports::of(new))),
                Side::Export => Imports::turned(new).zip(Imports::turned(old)),
            };
            let Some((user, offer)) = both else {
                return Err("an exported interface has types of what is imported too".into());
            };
            let told = self.ask(&user, &offer, &asked);
            let told = told.map_err(|error| in_one_line(&error))?;
            answers.extend(asked.into_iter().cloned().zip(told));
        }
        Ok(answers)
    }
}

fn in_one_line(error: &anyhow::Error) -> String {
    let words = format!("{error:#}");
    let words = words.split(" (at offset").next().unwrap_or(&words);
    words.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// A linker that is asked, with the types of what is in it.
struct Search<'a> {
    engine: &'a Engine,
    linker: &'a Linker<()>,
    probe: Probe<'a>,
    offer: &'a Imports,
    offered: BTreeMap<Path, ComponentFunc>,
}

impl Search<'_> {
    /// Whether each item links: of all together, and where that fails, of ever fewer.
    fn links(&self, items: &[Item<'_>]) -> anyhow::Result<Vec<bool>> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let component = self.probe.component(items)?;
        match self.linker.substituted_component_type(&component) {
            Ok(ty) => {
                let wanted = functions(self.engine, &ty);
                let same = items.iter().map(|item| match item.kind {
                    Kind::Resource(_) => true,
                    Kind::Function(function) => self.same(item, function, &wanted),
                });
                Ok(same.collect())
            }
            Err(_) if items.len() == 1 => Ok(vec![false]),
            Err(_) => {
                let (a, b) = items.split_at(items.len() / 2);
                Ok([self.links(a)?, self.links(b)?].concat())
            }
        }
    }

    fn same(
        &self,
        item: &Item<'_>,
        function: &Function,
        wanted: &BTreeMap<Path, ComponentFunc>,
    ) -> bool {
        let interface = item.interface.map(|key| self.probe.name(key));
        let interface = interface.unwrap_or_default();
        let wanted = wanted.get(&(interface.clone(), function.name.clone()));
        let offered = self.offer.named(&interface);
        let offered = offered.and_then(|name| self.offered.get(&(name, function.name.clone())));
        match (wanted, offered) {
            (Some(a), Some(b)) => {
                let params = |func: &ComponentFunc| func.params().map(|(_, ty)| ty).collect();
                let (x, y): (Vec<_>, Vec<_>) = (params(a), params(b));
                x == y && a.results().eq(b.results()) && a.async_() == b.async_()
            }
            _ => false,
        }
    }
}

impl Imports {
    fn of(dated: Dated<'_>) -> Imports {
        Imports {
            resolve: dated.wit.resolve.clone(),
            world: dated.world,
            turned: BTreeSet::new(),
        }
    }

    /// None when what it exports has types that cannot be had as imports: of an interface
    /// that would have to be there twice.
    fn turned(dated: Dated<'_>) -> Option<Imports> {
        let mut imports = Imports::of(dated);
        let exports = &dated.wit.resolve.worlds[dated.world].exports;
        let names = exports
            .keys()
            .map(|key| imports.resolve.name_world_key(key));
        imports.turned = names.collect();
        let mut items = dated.wit.resolve.worlds[dated.world].imports.clone();
        items.extend(exports.clone());
        let world = &mut imports.resolve.worlds[imports.world];
        world.exports.clear();
        world.imports = in_order(&dated.wit.resolve, items)?;
        Some(imports)
    }

    fn imports(&self) -> impl Iterator<Item = (&WorldKey, &WorldItem)> {
        self.resolve.worlds[self.world].imports.iter()
    }

    fn item(&self, asked: &Asked) -> Option<Item<'_>> {
        let is_it = |item: &Item<'_>| match item.kind {
            Kind::Function(function) => function.name == asked.item,
            Kind::Resource(id) => self.resolve.types[id].name.as_ref() == Some(&asked.item),
        };
        let mut imports = self.imports();
        imports.find_map(|(key, import)| {
            let name = self.resolve.name_world_key(key);
            let around = match import {
                WorldItem::Interface { .. } => name.as_str(),
                _ => "",
            };
            let here = around == asked.interface;
            let all = here.then(|| items(&self.resolve, key, import));
            all.into_iter().flatten().find(is_it)
        })
    }

    /// The same item under the name that its interface has here.
    fn counterpart(&self, asked: &Asked) -> Option<Asked> {
        Some(Asked {
            interface: self.named(&asked.interface)?,
            ..asked.clone()
        })
    }

    /// The interface that the linker takes for the one of this name.
    fn named(&self, interface: &str) -> Option<String> {
        if interface.is_empty() {
            return Some(String::new());
        }
        let wanted = InterfaceName::parse(interface);
        let interfaces = self
            .imports()
            .filter(|(_, import)| matches!(import, WorldItem::Interface { .. }));
        let mut names: Vec<InterfaceName> = interfaces
            .map(|(key, _)| InterfaceName::parse(self.resolve.name_world_key(key)))
            .filter(|name| name.compatible(&wanted))
            .collect();
        names.sort();
        let exact = names.iter().find(|name| **name == wanted);
        exact.or(names.last()).map(|name| name.to_string())
    }

    /// A linker with all of it.
    fn linker(&self, engine: &Engine) -> anyhow::Result<Linker<()>> {
        let mut linker = Linker::new(engine);
        let mut count = 0;
        for (key, import) in self.imports() {
            let name = self.resolve.name_world_key(key);
            // A host takes any resource where a component exports one.
            let turned = self.turned.contains(&name);
            let mut resource = || match turned {
                true => ResourceType::host_dynamic(0),
                false => {
                    count += 1;
                    ResourceType::host_dynamic(count)
                }
            };
            let added = match import {
                WorldItem::Function(function) => add(&mut linker.root(), function),
                WorldItem::Type { id, .. } => match self.resolve.types[*id].kind {
                    TypeDefKind::Resource => {
                        linker.root().resource(&name, resource(), |_, _| Ok(()))
                    }
                    _ => Ok(()),
                },
                WorldItem::Interface { id, .. } => {
                    let interface = &self.resolve.interfaces[*id];
                    linker.instance(&name).and_then(|mut instance| {
                        for (name, id) in &interface.types {
                            if let TypeDefKind::Resource = self.resolve.types[*id].kind {
                                instance.resource(name, resource(), |_, _| Ok(()))?;
                            }
                        }
                        let mut functions = interface.functions.values();
                        functions.try_for_each(|function| add(&mut instance, function))
                    })
                }
            };
            added.map_err(|error| anyhow::anyhow!("{error:#}"))?;
        }
        Ok(linker)
    }
}

/// Each item behind those whose types it has.
fn in_order(resolve: &Resolve, mut items: Items) -> Option<Items> {
    let mut done = Items::default();
    let mut there: HashSet<InterfaceId> = HashSet::new();
    while !items.is_empty() {
        let before = done.len();
        for (key, item) in std::mem::take(&mut items) {
            let ready = needs(resolve, &item).all(|id| there.contains(&id));
            match ready {
                true => {
                    if let WorldItem::Interface { id, .. } = &item {
                        there.insert(*id);
                    }
                    done.insert(key, item);
                }
                false => drop(items.insert(key, item)),
            }
        }
        if done.len() == before {
            return None;
        }
    }
    Some(done)
}

/// The interfaces whose types an item has.
fn needs<'a>(
    resolve: &'a Resolve,
    item: &'a WorldItem,
) -> Box<dyn Iterator<Item = InterfaceId> + 'a> {
    match item {
        WorldItem::Interface { id, .. } => Box::new(resolve.interface_direct_deps(*id)),
        WorldItem::Type { id, .. } => Box::new(resolve.type_interface_dep(*id).into_iter()),
        WorldItem::Function(function) => {
            let types = reached(resolve, function).into_iter();
            let owners = types.filter_map(|id| match resolve.types[id].owner {
                TypeOwner::Interface(id) => Some(id),
                _ => None,
            });
            Box::new(owners)
        }
    }
}

fn add(
    instance: &mut wasmtime::component::LinkerInstance<'_, ()>,
    function: &Function,
) -> wasmtime::Result<()> {
    let name = &function.name;
    match function.kind.is_async() {
        true => instance.func_new_concurrent(name, |_, _, _, _| Box::pin(async { Ok(()) })),
        false => instance.func_new(name, |_, _, _, _| Ok(())),
    }
}

/// The functions that a component imports.
fn functions(engine: &Engine, ty: &Component) -> BTreeMap<Path, ComponentFunc> {
    let mut found = BTreeMap::new();
    for (name, import) in ty.imports(engine) {
        match import.ty {
            ComponentItem::ComponentFunc(func) => {
                found.insert((String::new(), name.to_string()), func);
            }
            ComponentItem::ComponentInstance(instance) => {
                for (item, export) in instance.exports(engine) {
                    if let ComponentItem::ComponentFunc(func) = export.ty {
                        found.insert((name.to_string(), item.to_string()), func);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

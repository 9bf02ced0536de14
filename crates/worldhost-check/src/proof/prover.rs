//! Whether components of one world are served by a host of another, by the word of
//! Wasmtime's linker.
//!
//! A linker has what the one world offers; a component asks for what the other one needs.
//! The linker finds the names, by its own rules for versions, and tells which resource is
//! which; the types of both are compared by Wasmtime's own equality. No Rust of either
//! world is needed, and nothing runs.
//!
//! What a host asks of a component is asked the same way: exports are taken for imports.

use super::imports::Imports;
use crate::item::{Item, Kind};
use crate::probe::Probe;
use std::collections::{BTreeMap, BTreeSet};
use wasmtime::component::Linker;
use wasmtime::component::types::{Component, ComponentFunc, ComponentItem};
use wasmtime::{Config, Engine, OptLevel};
use wit_parser::Function;
use worldhost_wit::{Asked, Dated, Side};

/// Asks Wasmtime's linker about worlds.
pub struct Prover {
    engine: Engine,
}

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

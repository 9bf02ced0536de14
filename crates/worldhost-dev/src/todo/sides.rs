//! Both worlds, their bindings, and the code around them.

use super::host::{self, Host};
use super::renamed::{Renamed, replaced};
use super::traits::{modules as by_module, twins_of};
use crate::api::Api;
use crate::bindgens::{Bindgen, Options, Place};
use crate::bindings;
use crate::error::Result;
use crate::krate::Code;
use crate::rust;
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::{InterfaceId, TypeDefKind, WorldItem, WorldKey};
use worldhost_wit::{Dated, InterfaceName, Pairs, Side};

pub(crate) struct Sides<'a> {
    pub(crate) old: Dated<'a>,
    pub(crate) new: Dated<'a>,
    pub(crate) old_api: Api,
    pub(crate) new_api: Api,
    /// With the names that things have now.
    pub(crate) options: Options,
    pub(crate) bindgen: &'a Bindgen,
    /// Keys of the options that nothing in the new world matches.
    pub(crate) unused: Vec<String>,
    pub(crate) code: Code,
    pub(crate) host: Host,
    /// Whether the world's package has another name.
    pub(crate) renamed: Option<Renamed>,
    /// The modules of the old bindings that are others now.
    moved: BTreeMap<Vec<String>, Vec<String>>,
}

impl<'a> Sides<'a> {
    /// Generates the bindings of both.
    ///
    /// # Errors
    ///
    /// When `bindgen!` refuses one of the worlds for more than an option that nothing
    /// in it matches.
    pub(crate) fn of(old: Dated<'a>, new: Dated<'a>, bindgen: &'a Bindgen) -> Result<Sides<'a>> {
        let options = &bindgen.options;
        let renamed = Renamed::between(old, new);
        let options_now = match &renamed {
            Some(renamed) => options.renamed(|key| renamed.wit(key)),
            None => options.clone(),
        };
        // An option may be for what was not there yet, or is not there any more.
        let (old_options, _) = bindings::fitting(old.wit, old.world, options);
        let (mut new_options, mut unused) = bindings::fitting(new.wit, new.world, &options_now);
        let old_api = Api::of(old.wit, old.world, &old_options)?;
        let mut new_api = Api::of(new.wit, new.world, &new_options)?;
        let moved = moves(old, new, renamed.as_ref());
        let names = match unused.is_empty() {
            true => Vec::new(),
            // The one as the other is without these keys.
            false => {
                let package = |key: &str| renamed.as_ref()?.wit(key);
                let now = |key: &str| package(key).unwrap_or_else(|| key.to_string());
                let equal = old_options.without(|key| unused.contains(&now(key)));
                let old_api = Api::of(old.wit, old.world, &equal)?;
                twins(old, new, [&old_api, &new_api], &moved)
            }
        };
        if !names.is_empty() {
            // What an option is for may have another name, which only the bindings show.
            let options = options
                .renamed(|key| renamed_in(key, &names).or_else(|| renamed.as_ref()?.wit(key)));
            (new_options, unused) = bindings::fitting(new.wit, new.world, &options);
            new_api = Api::of(new.wit, new.world, &new_options)?;
        }
        let generated = old_api.paths().into_iter().chain(new_api.paths());
        let code = Code::around(&bindgen.place, generated.collect());
        Ok(Sides {
            host: host::look(&code, &bindgen.place),
            code,
            old_api,
            new_api,
            options: new_options,
            bindgen,
            unused,
            moved,
            renamed,
            old,
            new,
        })
    }

    /// Where the two bindings part as text; none when they are the same.
    pub(crate) fn rewritten(&self) -> Option<(String, String)> {
        self.old_api.parts_from(&self.new_api)
    }

    pub(crate) fn place(&self) -> &Place {
        &self.bindgen.place
    }

    /// What the bindings call the old world.
    pub(crate) fn old_type(&self) -> String {
        rust::world_type(&self.old.wit.resolve.worlds[self.old.world].name)
    }

    /// What the bindings call the new world.
    pub(crate) fn new_type(&self) -> String {
        rust::world_type(&self.new.wit.resolve.worlds[self.new.world].name)
    }

    /// A module of the old bindings under the name that it has now.
    pub(crate) fn now(&self, module: &[String]) -> Vec<String> {
        match self.moved.get(module) {
            Some(now) => now.clone(),
            None => module.to_vec(),
        }
    }

    /// Every module that has another name now.
    pub(crate) fn moved(&self) -> impl Iterator<Item = (&Vec<String>, &Vec<String>)> {
        self.moved.iter()
    }

    /// The whole path of something in a module of the bindings.
    pub(crate) fn whole(&self, module: &[String], name: &str) -> Vec<String> {
        let place = self.place();
        let around = place.module.split("::").map(String::from);
        let around = around.filter(|_| place.function.is_none());
        let path = around.chain(module.iter().cloned());
        path.chain((!name.is_empty()).then(|| name.to_string()))
            .collect()
    }

    /// The path of the crate that the bindings call Wasmtime.
    pub(crate) fn wasmtime(&self) -> Vec<String> {
        let named = self.options.generator.wasmtime_crate.as_deref();
        let named = named.unwrap_or("wasmtime").split("::");
        named.map(|part| part.trim().to_string()).collect()
    }

    /// What the project gave the generator for a name of its making, such as
    /// `__with_name0`, as it holds everywhere.
    pub(crate) fn given(&self, name: &str) -> Option<String> {
        let generator = &self.options.generator;
        let number = |prefix| name.strip_prefix(prefix)?.parse::<usize>().ok();
        let sorted = |map: &std::collections::HashMap<String, String>, at: usize| {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort();
            entries.get(at).map(|(_, path)| path.to_string())
        };
        let written = if let Some(at) = number("__with_name") {
            sorted(&generator.with, at)
        } else if let Some(at) = number("__named_import_name") {
            sorted(&generator.named_imports, at)
        } else if let Some(at) = number("_TrappableError") {
            let error = generator.trappable_error_type.get(at);
            error.map(|error| error.rust_type_name.clone())
        } else {
            None
        };
        Some(self.everywhere(&written?))
    }

    /// A path as it is written in the `bindgen!`, as it holds everywhere.
    fn everywhere(&self, written: &str) -> String {
        let (path, arguments) = match written.find('<') {
            Some(at) => written.split_at(at),
            None => (written, ""),
        };
        if let Some(outside) = path.trim().strip_prefix("::") {
            return format!("::{outside}{arguments}");
        }
        let parts: Vec<String> = path
            .split("::")
            .map(|part| part.trim().to_string())
            .collect();
        let whole = match self.place().function {
            // Only the function itself can name what is in it.
            Some(_) => parts,
            None => self.code.whole(&self.code.home(), &parts),
        };
        whole.join("::") + arguments
    }

    /// The WIT name of a module's interface, and where it is declared.
    pub(crate) fn interface(&self, module: &[String]) -> (String, Option<String>) {
        if module.is_empty() {
            let world = &self.new.wit.resolve.worlds[self.new.world];
            let declared = self.new.wit.resolve.render_location(world.span);
            return (format!("world {}", world.name), Some(declared));
        }
        for dated in [self.new, self.old] {
            if let Some((name, id)) = interface(dated, module) {
                let resolve = &dated.wit.resolve;
                let declared = resolve.render_location(resolve.interfaces[id].span);
                return (name, Some(declared));
            }
        }
        (module.join("/"), None)
    }

    /// The WIT name of a resource in a module of the new bindings.
    pub(crate) fn resource(&self, module: &[String], name: &str) -> Option<String> {
        let resolve = &self.new.wit.resolve;
        let is_it = |wit: &str, kind: &TypeDefKind| {
            matches!(kind, TypeDefKind::Resource) && rust::resource_type(wit) == name
        };
        if module.is_empty() {
            let imports = &resolve.worlds[self.new.world].imports;
            return imports.iter().find_map(|(key, item)| match (key, item) {
                (WorldKey::Name(wit), WorldItem::Type { id, .. }) => {
                    is_it(wit, &resolve.types[*id].kind).then(|| wit.clone())
                }
                _ => None,
            });
        }
        let (_, id) = interface(self.new, module)?;
        let mut types = resolve.interfaces[id].types.iter();
        let found = types.find(|(wit, id)| is_it(wit, &resolve.types[**id].kind));
        found.map(|(wit, _)| wit.clone())
    }

    /// The interfaces that the new world imports, without their versions, in several of
    /// them.
    pub(crate) fn is_ambiguous(&self, base: &str) -> bool {
        let resolve = &self.new.wit.resolve;
        let keys = resolve.worlds[self.new.world].imports.keys();
        let names = keys.map(|key| resolve.name_world_key(key));
        let same = |name: &String| name.split('@').next() == Some(base);
        names.filter(same).collect::<BTreeSet<_>>().len() > 1
    }
}

/// The modules of interfaces that have another place in the new bindings: another
/// package, or a version in its name that it did not need before.
fn moves(
    old: Dated<'_>,
    new: Dated<'_>,
    renamed: Option<&Renamed>,
) -> BTreeMap<Vec<String>, Vec<String>> {
    let pairs = Pairs::of(old, new);
    let mut moved = BTreeMap::new();
    for side in [Side::Import, Side::Export] {
        let there = modules(new, side);
        for (was, module) in modules(old, side) {
            let now = pairs
                .now(side, &was)
                .and_then(|name| there.get(name))
                .cloned();
            let now = now.or_else(|| Some(renamed?.module(&module)));
            if let Some(now) = now.filter(|now| *now != module) {
                moved.insert(module, now);
            }
        }
    }
    moved
}

/// The WIT names of imported interfaces that are there under another name, before and now.
fn twins(
    old: Dated<'_>,
    new: Dated<'_>,
    apis: [&Api; 2],
    moved: &BTreeMap<Vec<String>, Vec<String>>,
) -> Vec<(InterfaceName, InterfaceName)> {
    let [old_traits, new_traits] = apis.map(Api::traits);
    let was = by_module(&old_traits, |one| {
        let now = moved.get(&one.module).unwrap_or(&one.module);
        (now.clone(), one.name.clone())
    });
    let is = by_module(&new_traits, |one| (one.module.clone(), one.name.clone()));
    let name = |dated, module: &[String]| Some(InterfaceName::parse(interface(dated, module)?.0));
    let twins = twins_of(&was, &is).into_iter();
    twins
        .filter_map(|(from, to)| Some((name(old, from.path)?, name(new, to.path)?)))
        .collect()
}

/// A key of the options under the name that its interface has now.
fn renamed_in(key: &str, names: &[(InterfaceName, InterfaceName)]) -> Option<String> {
    let mut names = names.iter().map(|(from, to)| match key.contains('@') {
        true => replaced(key, from.as_str(), to.as_str()),
        false => replaced(key, from.base(), to.base()),
    });
    names.find(|now| now != key)
}

fn interfaces(dated: Dated<'_>, side: Side) -> impl Iterator<Item = (&WorldKey, InterfaceId)> {
    let world = &dated.wit.resolve.worlds[dated.world];
    let items = match side {
        Side::Import => &world.imports,
        Side::Export => &world.exports,
    };
    items.iter().filter_map(|(key, item)| match item {
        WorldItem::Interface { id, .. } => Some((key, *id)),
        _ => None,
    })
}

/// The interfaces of one side by their names, each with its module in the bindings.
fn modules(dated: Dated<'_>, side: Side) -> BTreeMap<String, Vec<String>> {
    let resolve = &dated.wit.resolve;
    let all = interfaces(dated, side);
    all.map(|(key, id)| {
        let module = rust::module(resolve, side, key, id);
        (resolve.name_world_key(key), module)
    })
    .collect()
}

/// The imported interface that has this module.
fn interface(dated: Dated<'_>, module: &[String]) -> Option<(String, InterfaceId)> {
    let resolve = &dated.wit.resolve;
    let mut all = interfaces(dated, Side::Import);
    let found = all.find(|(key, id)| rust::module(resolve, Side::Import, key, *id) == module);
    found.map(|(key, id)| (resolve.name_world_key(key), id))
}

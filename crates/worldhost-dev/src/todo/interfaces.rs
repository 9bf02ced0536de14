//! Comparing the two APIs, interface by interface.

use super::edit::Edit;
use super::host::{Impl, On};
use super::layout::{self, Shape};
use super::link;
use super::list::{FileAction, FileWork, Signature};
use super::making::Making;
use super::paste;
use super::sides::Sides;
use crate::api::{Method, Trait, in_one_line};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use worldhost_wit::InterfaceName;

/// The traits of one module of the bindings.
struct Module<'a> {
    /// Its path in the bindings that it is of.
    path: &'a [String],
    traits: BTreeMap<String, &'a Trait>,
}

/// The modules, by the paths that they have now.
type Modules<'a> = BTreeMap<Vec<String>, Module<'a>>;

pub(super) fn implementations(making: &mut Making<'_>) {
    let sides = making.sides;
    let (old_traits, new_traits) = (sides.old_api.traits(), sides.new_api.traits());
    // The traits of the world's own functions are named after the world.
    let (was, is) = (sides.old_type(), sides.new_type());
    let old = modules(&old_traits, |one| {
        let name = match one.module.is_empty() {
            true => one.name.replacen(&was, &is, 1),
            false => one.name.clone(),
        };
        (sides.now(&one.module), name)
    });
    let new = modules(&new_traits, |one| (one.module.clone(), one.name.clone()));
    let mut gone: Vec<_> = old.iter().filter(|(m, _)| !new.contains_key(*m)).collect();
    for (path, module) in &new {
        if let Some(before) = old.get(path) {
            moved(making, before.path, path);
            edited(making, before, module);
            continue;
        }
        let twin = gone.iter().position(|(_, before)| twins(before, module));
        match twin.map(|at| gone.remove(at)) {
            Some((_, before)) => moved(making, before.path, path),
            None => created(making, module),
        }
    }
    for (_, module) in gone {
        deleted(making, module);
    }
}

fn modules<'a>(traits: &'a [Trait], now: impl Fn(&Trait) -> (Vec<String>, String)) -> Modules<'a> {
    let mut modules = Modules::new();
    for one in traits {
        let (path, name) = now(one);
        let module = modules.entry(path).or_insert_with(|| Module {
            path: &one.module,
            traits: BTreeMap::new(),
        });
        module.traits.insert(name, one);
    }
    modules
}

/// Whether one module is the other under a new name.
fn twins(old: &Module<'_>, new: &Module<'_>) -> bool {
    let methods = |module: &Module<'_>| {
        let traits = module.traits.iter();
        let methods = traits.map(|(name, one)| {
            let methods = one.methods.iter().map(|one| in_one_line(&one.signature));
            (name.clone(), methods.collect::<Vec<_>>())
        });
        methods.collect::<Vec<_>>()
    };
    !old.path.is_empty() && !new.path.is_empty() && methods(old) == methods(new)
}

/// An interface that has another name now, if it has.
fn moved(making: &mut Making<'_>, from: &[String], to: &[String]) {
    if from == to {
        return;
    }
    making.renamed(from, to);
    let Some(file) = file_of(making, from) else {
        return;
    };
    let (was, is) = (
        layout::stem(&making.sides.old_api, from),
        layout::stem(&making.sides.new_api, to),
    );
    // A file under a name of its own keeps it.
    let named = file
        .file_stem()
        .is_some_and(|stem| stem.to_string_lossy() == was);
    if was == is || !named {
        return;
    }
    let now = file.with_file_name(format!("{is}.rs"));
    making.files.insert(file.clone(), now.clone());
    let mut work = work(making.sides, to, FileAction::Move(file));
    work.file = Some(now);
    making.todo.files.push(work);
}

/// The implementation of a trait of the old bindings, in the bindings' own package.
fn impl_of<'a>(sides: &'a Sides<'_>, module: &[String], name: &str) -> Option<&'a Impl> {
    let package = &sides.place().package;
    let is_it = |one: &&Impl| one.module == module && one.name == name;
    let mut mine = sides.host.impls.iter().filter(is_it);
    mine.find(|one| sides.code.files[one.file].package == *package)
}

/// The file that has an interface's implementation.
fn file_of(making: &Making<'_>, module: &[String]) -> Option<PathBuf> {
    let sides = making.sides;
    let first = impl_of(sides, module, "Host");
    let package = &sides.place().package;
    let any = || {
        let mut impls = sides.host.impls.iter();
        impls.find(|one| one.module == module && sides.code.files[one.file].package == *package)
    };
    let found = first.or_else(any)?;
    Some(sides.code.files[found.file].path.clone())
}

/// Methods of an interface that are not what they were.
#[derive(Default)]
struct Parts {
    /// For each trait that has an implementation, its head and what comes into it.
    into: Vec<(String, Vec<Signature>)>,
    /// Implementations that are new, with the path of each trait.
    new: Vec<String>,
}

fn edited(making: &mut Making<'_>, old: &Module<'_>, new: &Module<'_>) {
    let mut work = work(making.sides, new.path, FileAction::Edit);
    work.file = file_of(making, old.path);
    let place = work.file.clone().unwrap_or_default();
    let mut parts = Parts::default();
    let mut resources = fresh(making, old, new);
    let types = define(making, &place, new.path, &mut resources);
    let names: BTreeSet<&String> = old.traits.keys().chain(new.traits.keys()).collect();
    for name in names {
        let (before, now) = (old.traits.get(name), new.traits.get(name));
        let was = before.map_or(name.as_str(), |one| one.name.as_str());
        let there = impl_of(making.sides, old.path, was).cloned();
        let empty = Vec::new();
        let old_methods = before.map_or(&empty, |one| &one.methods);
        let new_methods = now.map_or(&empty, |one| &one.methods);
        let mut add = Vec::new();
        for method in new_methods {
            let file = there.as_ref().map(|one| path_of(making, one));
            let file = file.unwrap_or_else(|| place.clone());
            let Some(old) = old_methods.iter().find(|old| old.name == method.name) else {
                add.push(signature(making, &file, name, new.path, method));
                continue;
            };
            let was = plain(making, name, new.path, old);
            if was != plain(making, name, new.path, method) {
                let mut signature = signature(making, &file, name, new.path, method);
                signature.old = Some(was);
                change(making, there.as_ref(), &method.name, &signature.signature);
                work.change.push(signature);
            }
        }
        for method in old_methods {
            if !new_methods.iter().any(|new| new.name == method.name) {
                let signature = plain(making, name, old.path, method);
                remove(making, there.as_ref(), &method.name);
                work.remove.push(Signature {
                    of: name.clone(),
                    signature,
                    old: None,
                });
            }
        }
        let appears = before.is_none() && now.is_some();
        let unknown = there.is_none() && before.is_some();
        if before.is_some() && now.is_none() {
            remove_impl(making, there.as_ref());
        } else if unknown && !add.is_empty() {
            work.add.extend(add.clone());
            parts.into.push((format!("impl {name}"), add));
        } else if !add.is_empty() || appears {
            work.add.extend(add.clone());
            add_methods(
                making,
                &place,
                there.as_ref(),
                new.path,
                name,
                add,
                &mut parts,
            );
        }
    }
    if work.add.is_empty()
        && work.change.is_empty()
        && work.remove.is_empty()
        && parts.new.is_empty()
    {
        return;
    }
    if !work.add.is_empty() || !parts.new.is_empty() {
        work.paste = Some(pasted(making, &place, &types, &parts));
        append(making, &place, &types, &parts.new);
        let module = file_module(making, &place);
        resource_keys(making, new.path, &module, &resources);
    }
    making.todo.files.push(work);
}

fn path_of(making: &Making<'_>, one: &Impl) -> PathBuf {
    making.sides.code.files[one.file].path.clone()
}

fn signature(
    making: &mut Making<'_>,
    file: &Path,
    of: &str,
    module: &[String],
    method: &Method,
) -> Signature {
    let sides = making.sides;
    let scope = making.scope(file);
    paste::signature(sides, scope, of, module, method)
}

/// A signature to be looked at, for which no name is brought into a file.
fn plain(making: &mut Making<'_>, of: &str, module: &[String], method: &Method) -> String {
    let mut scope = super::scope::Scope::default();
    paste::signature(making.sides, &mut scope, of, module, method).signature
}

/// Changes a method's signature where it is implemented.
fn change(making: &mut Making<'_>, there: Option<&Impl>, method: &str, signature: &str) {
    let found = there.and_then(|one| Some((one.file, *one.methods.get(method)?)));
    if let Some((file, method)) = found {
        let file = &making.sides.code.files[file];
        let (from, to) = method.signature;
        making.quiet.push(Edit::new(file, from, to, signature));
    }
}

fn remove(making: &mut Making<'_>, there: Option<&Impl>, method: &str) {
    let found = there.and_then(|one| Some((one.file, *one.methods.get(method)?)));
    if let Some((file, method)) = found {
        let file = &making.sides.code.files[file];
        making
            .quiet
            .push(Edit::without(file, method.from, method.to));
    }
}

fn remove_impl(making: &mut Making<'_>, there: Option<&Impl>) {
    if let Some(one) = there {
        let file = &making.sides.code.files[one.file];
        making.quiet.push(Edit::without(file, one.from, one.to));
    }
}

/// Puts methods into an implementation, or makes one of them.
fn add_methods(
    making: &mut Making<'_>,
    place: &Path,
    there: Option<&Impl>,
    module: &[String],
    name: &str,
    add: Vec<Signature>,
    parts: &mut Parts,
) {
    match there {
        Some(one) => {
            let file = &making.sides.code.files[one.file];
            let all: Vec<&Signature> = add.iter().collect();
            // Before the brace, on lines of their own.
            let brace = one.to - 1;
            let line = file.text[..brace].rfind('\n').map_or(0, |at| at + 1);
            let alone = file.text[line..brace].trim().is_empty();
            let at = if alone { line } else { brace };
            let text = format!("\n{}", paste::only_methods(&all));
            making.quiet.push(Edit::new(file, at, at, text));
            let head = format!("impl {name} for {}", one.on.ty);
            parts.into.push((head, add));
        }
        None => {
            let on = on(making, name);
            let path = making.sides.whole(module, name);
            let head = paste::head(making.scope(place), &on, &path);
            let all: Vec<&Signature> = add.iter().collect();
            parts.new.push(paste::whole_impl(&head, &all));
        }
    }
}

/// What a trait is to be implemented for.
fn on(making: &Making<'_>, name: &str) -> On {
    match name.ends_with("WithStore") {
        true => making.layout.on_store.clone(),
        false => making.layout.on.clone(),
    }
}

/// The text of what comes into a file that is there.
fn pasted(making: &mut Making<'_>, place: &Path, types: &[String], parts: &Parts) -> String {
    let mut texts: Vec<String> = types.to_vec();
    for (head, signatures) in &parts.into {
        let all: Vec<&Signature> = signatures.iter().collect();
        texts.push(format!("// into `{head}`\n{}", paste::only_methods(&all)));
    }
    texts.extend(parts.new.iter().cloned());
    let body = texts.join("\n");
    let uses = making.scope(place).uses();
    match &uses[..] {
        [] => body,
        uses => format!("{}\n\n{body}", uses.join("\n")),
    }
}

/// Puts types and implementations at the end of a file that is there.
fn append(making: &mut Making<'_>, place: &Path, types: &[String], impls: &[String]) {
    let texts: Vec<&String> = types.iter().chain(impls).collect();
    if texts.is_empty() {
        return;
    }
    let edit = making.file(place).map(|file| {
        let end = file.text.len();
        let text: String = texts.iter().map(|text| format!("\n{text}")).collect();
        Edit::new(file, end, end, text)
    });
    making.quiet.extend(edit);
}

/// A resource without a type of the host's own yet.
struct Resource {
    /// What the bindings call it.
    rust: String,
    wit: String,
    /// What the host's own type is to be called.
    own: String,
}

/// The resources of a module that have no type of the host's own.
fn unmapped(making: &Making<'_>, module: &[String]) -> Vec<Resource> {
    let mut found = making.sides.new_api.definitions();
    found.retain(|one| one.unmapped_resource && one.module == module);
    let resources = found.into_iter().map(|one| Resource {
        wit: making
            .sides
            .resource(module, &one.name)
            .unwrap_or_else(|| one.name.clone()),
        own: one.name.clone(),
        rust: one.name,
    });
    resources.collect()
}

/// Those that have come into an interface.
fn fresh(making: &Making<'_>, old: &Module<'_>, new: &Module<'_>) -> Vec<Resource> {
    let before: Vec<String> = making
        .sides
        .old_api
        .definitions()
        .into_iter()
        .filter(|one| one.unmapped_resource && one.module == old.path)
        .map(|one| one.name)
        .collect();
    let mut now = unmapped(making, new.path);
    now.retain(|one| !before.contains(&one.rust));
    now
}

/// Gives each resource a type in the file, under its own name where that is free.
fn define(
    making: &mut Making<'_>,
    place: &Path,
    module: &[String],
    resources: &mut [Resource],
) -> Vec<String> {
    let mut types = Vec::new();
    for resource in resources {
        let path = making.sides.whole(module, &resource.rust);
        // What the implementations are on has its names too.
        let names = [&making.layout.on.names, &making.layout.on_store.names];
        let needed: Vec<String> = names
            .iter()
            .flat_map(|names| names.keys().cloned())
            .collect();
        let scope = making.scope(place);
        while needed.contains(&resource.own) || !scope.define(&resource.own, &path) {
            resource.own.push_str("Data");
        }
        types.push(paste::own_type(&resource.wit, &resource.own));
    }
    types
}

fn file_module(making: &Making<'_>, place: &Path) -> Vec<String> {
    let module = making
        .file(place)
        .map_or("crate::imports", |file| file.module.as_str());
    module.split("::").map(String::from).collect()
}

/// The keys of `with` that give the bindings the types of the host's own for resources.
fn resource_keys(
    making: &mut Making<'_>,
    module: &[String],
    at: &[String],
    resources: &[Resource],
) {
    if resources.is_empty() {
        return;
    }
    let inside = making.sides.place().function.is_some();
    for resource in resources {
        let key = key(making.sides, module, &resource.wit);
        let path = match inside {
            true => resource.own.clone(),
            false => format!("{}::{}", at.join("::"), resource.own),
        };
        making.add_key(&key, &path);
    }
    making.publish(at);
}

/// The key of a resource in `with`, with the version where others have the same name.
fn key(sides: &Sides<'_>, module: &[String], resource: &str) -> String {
    if module.is_empty() {
        return resource.to_string();
    }
    let name = InterfaceName::parse(sides.interface(module).0);
    match sides.is_ambiguous(name.base()) {
        true => format!("{name}.{resource}"),
        false => format!("{}.{resource}", name.base()),
    }
}

fn created(making: &mut Making<'_>, module: &Module<'_>) {
    let sides = making.sides;
    let path = module.path;
    let stem = free_stem(making, path);
    let place = match path {
        [] => making.world_file(),
        _ => making.layout.file(&stem),
    };
    let is_new = making.file(&place).is_none();
    let action = match is_new && !matches!(making.layout.shape, Shape::Function(_)) {
        true => FileAction::Create,
        false => FileAction::Edit,
    };
    let mut work = work(sides, path, action);
    work.file = Some(place.clone());
    // The names of what it is on come first: those of the interface have whole paths.
    for name in module.traits.keys() {
        for (name, whole) in on(making, name).names {
            making.scope(&place).bring(&name, &whole);
        }
    }
    let mut resources = unmapped(making, path);
    let types = define(making, &place, path, &mut resources);
    let mut impls = Vec::new();
    for (name, one) in &module.traits {
        let signatures: Vec<Signature> = one
            .methods
            .iter()
            .map(|method| signature(making, &place, name, path, method))
            .collect();
        let on = on(making, name);
        let of = sides.whole(path, name);
        let head = paste::head(making.scope(&place), &on, &of);
        let all: Vec<&Signature> = signatures.iter().collect();
        impls.push(paste::whole_impl(&head, &all));
        work.add.extend(signatures);
    }
    let parts = Parts {
        into: Vec::new(),
        new: impls,
    };
    let text = pasted(making, &place, &types, &parts);
    let mut at = layout::module_of(sides, &making.layout, &stem);
    if path.is_empty() && making.is_fresh() {
        // The file around has more in it.
        making.fresh.impls.extend(parts.new);
        making.fresh.add.extend(work.add);
        link::link(making, path);
        return;
    }
    if is_new && !path.is_empty() {
        let declared = work
            .declared
            .as_deref()
            .and_then(|place| place.split(':').next());
        let interface = &work.interface;
        work.paste = Some(match declared {
            Some(file) => format!("//! `{interface}`, declared in `{file}`.\n\n{text}"),
            None => format!("//! `{interface}`.\n\n{text}"),
        });
    } else {
        append(making, &place, &types, &parts.new);
        if !is_new {
            at = file_module(making, &place);
        }
        work.paste = Some(text);
    }
    making.todo.files.push(work);
    if is_new && !path.is_empty() {
        making.module(&stem, !resources.is_empty());
    }
    link::link(making, path);
    resource_keys(making, path, &at, &resources);
}

/// The name of a new interface's file, which no other file has, and whose module hides
/// nothing that others of its kind name.
fn free_stem(making: &mut Making<'_>, module: &[String]) -> String {
    let own = layout::stem(&making.sides.new_api, module);
    let around = match &making.layout.shape {
        Shape::Files { around, .. } | Shape::New { around, .. } => around.clone(),
        Shape::One(_) | Shape::Function(_) => return own,
    };
    let wasmtime = making.sides.wasmtime();
    let numbered = (2..).map(|n| format!("{own}_{n}"));
    let mut stems = [own.clone(), module.join("_")].into_iter().chain(numbered);
    let free = stems.find(|stem| {
        let file = making.layout.file(stem);
        let is_crate = CRATES.contains(&stem.as_str()) || wasmtime.first() == Some(stem);
        making.file(&file).is_none() && !is_crate && !making.scope(&around).has(stem)
    });
    free.unwrap_or(own)
}

/// Crates that a module of the name would hide.
const CRATES: [&str; 5] = ["std", "core", "alloc", "wasmtime", "worldhost"];

fn deleted(making: &mut Making<'_>, module: &Module<'_>) {
    let path = module.path;
    let mut work = work(making.sides, path, FileAction::Edit);
    work.file = file_of(making, path);
    for (name, one) in &module.traits {
        for method in &one.methods {
            let signature = plain(making, name, path, method);
            work.remove.push(Signature {
                of: name.clone(),
                signature,
                old: None,
            });
        }
    }
    link::unlink(making, path);
    if let Some(file) = work.file.clone() {
        let own = !path.is_empty()
            && file.file_stem().is_some_and(|stem| {
                stem.to_string_lossy() == layout::stem(&making.sides.old_api, path)
            });
        let alone = making
            .sides
            .host
            .impls
            .iter()
            .all(|one| one.module == path || making.sides.code.files[one.file].path != file);
        if own && alone {
            work.action = FileAction::Delete;
            making.gone(&file);
        } else {
            let mine: Vec<Impl> = making
                .sides
                .host
                .impls
                .iter()
                .filter(|one| one.module == path)
                .cloned()
                .collect();
            mine.iter().for_each(|one| remove_impl(making, Some(one)));
        }
    }
    making.dangling(path);
    making.todo.files.push(work);
}

/// An entry without methods yet.
fn work(sides: &Sides<'_>, module: &[String], action: FileAction) -> FileWork {
    let (interface, declared) = sides.interface(module);
    FileWork {
        file: None,
        action,
        interface,
        declared,
        add: Vec::new(),
        change: Vec::new(),
        remove: Vec::new(),
        paste: None,
    }
}

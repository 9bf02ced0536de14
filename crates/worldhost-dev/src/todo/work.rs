//! Comparing the two APIs, interface by interface.

use super::link::{link, stem, unlink};
use super::list::{FileAction, FileWork, Line, Signature, Todo};
use super::paste;
use super::project::REGISTRY;
use super::rewrite::Moves;
use super::sides::Sides;
use crate::api::{Definition, Trait};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use worldhost_wit::InterfaceName;

/// The traits of one module of the bindings.
struct Module<'a> {
    /// Its path in the bindings that it is of.
    path: &'a [String],
    traits: BTreeMap<&'a str, &'a Trait>,
}

/// The modules, by the paths that they have now.
type Modules<'a> = BTreeMap<Vec<String>, Module<'a>>;

pub(super) fn implementations(sides: &Sides<'_>, todo: &mut Todo) {
    let (mut old_traits, new_traits) = (sides.old_api.traits(), sides.new_api.traits());
    // The traits of the world's own functions are named after the world.
    let (was, is) = (sides.old_type(), sides.new_type());
    for one in old_traits.iter_mut().filter(|one| one.module.is_empty()) {
        one.name = one.name.replacen(&was, &is, 1);
    }
    let old = modules(&old_traits, |module| sides.now(module));
    let new = modules(&new_traits, |module| module.to_vec());
    let mut gone: Vec<_> = old.iter().filter(|(m, _)| !new.contains_key(*m)).collect();
    let mut moves = Moves::new(sides);
    for (path, module) in &new {
        if let Some(before) = old.get(path) {
            moved(sides, before.path, path, &mut moves, todo);
            let work = edited(sides, before, module, todo);
            todo.files.extend(work);
            continue;
        }
        let twin = gone.iter().position(|(_, before)| twins(before, module));
        match twin.map(|at| gone.remove(at)) {
            Some((_, before)) => moved(sides, before.path, path, &mut moves, todo),
            None => created(sides, module, todo),
        }
    }
    todo.lines.extend(moves.lines());
    for (_, module) in gone {
        deleted(sides, module, todo);
    }
}

fn modules<'a>(traits: &'a [Trait], now: impl Fn(&[String]) -> Vec<String>) -> Modules<'a> {
    let mut modules = Modules::new();
    for one in traits {
        let module = modules.entry(now(&one.module)).or_insert_with(|| Module {
            path: &one.module,
            traits: BTreeMap::new(),
        });
        module.traits.insert(&one.name, one);
    }
    modules
}

/// Whether one module is the other under a new name.
fn twins(old: &Module<'_>, new: &Module<'_>) -> bool {
    let methods = |module: &Module<'_>| {
        let traits = module.traits.values();
        let methods = traits.map(|one| (one.name.clone(), one.methods.clone()));
        methods.collect::<Vec<_>>()
    };
    !old.path.is_empty() && !new.path.is_empty() && methods(old) == methods(new)
}

/// An interface that has another name now, if it has.
fn moved(
    sides: &Sides<'_>,
    from: &[String],
    to: &[String],
    moves: &mut Moves<'_>,
    todo: &mut Todo,
) {
    if from == to {
        return;
    }
    moves.module(from, to);
    let file = sides.project.file_of(from);
    let (was, is) = (stem(&sides.old_api, from), stem(&sides.new_api, to));
    let usual = |stem: &str| PathBuf::from(format!("src/imports/{stem}.rs"));
    // A file under a name of its own keeps it.
    if was == is || file != usual(&was) {
        return;
    }
    moves.file(&file, &usual(&is));
    let mut work = work(sides, to, FileAction::Move(file));
    work.file = usual(&is);
    todo.files.push(work);
}

fn edited(
    sides: &Sides<'_>,
    old: &Module<'_>,
    new: &Module<'_>,
    todo: &mut Todo,
) -> Option<FileWork> {
    let mut work = work(sides, new.path, FileAction::Edit);
    work.file = sides.project.file_of(old.path);
    let empty = Vec::new();
    let names: BTreeSet<&str> = old
        .traits
        .keys()
        .chain(new.traits.keys())
        .copied()
        .collect();
    for name in names {
        let (before, now) = (old.traits.get(name), new.traits.get(name));
        let old_methods = before.map_or(&empty, |one| &one.methods);
        let new_methods = now.map_or(&empty, |one| &one.methods);
        for (of, method) in now
            .iter()
            .flat_map(|of| new_methods.iter().map(move |m| (of, m)))
        {
            let mut signature = paste::signature(sides, of, method);
            match old_methods.iter().find(|old| old.name == method.name) {
                None => work.add.push(signature),
                Some(old) if old != method => {
                    signature.old = Some(paste::signature(sides, of, old).signature);
                    work.change.push(signature);
                }
                Some(_) => {}
            }
        }
        for (of, method) in before
            .iter()
            .flat_map(|of| old_methods.iter().map(move |m| (of, m)))
        {
            if !new_methods.iter().any(|new| new.name == method.name) {
                work.remove.push(paste::signature(sides, of, method));
            }
        }
    }
    if work.add.is_empty() && work.change.is_empty() && work.remove.is_empty() {
        return None;
    }
    if !work.add.is_empty() {
        let file = sides.project.file(&work.file);
        let traits = by_trait(&work.add);
        let resources = fresh(sides, old, new);
        let paste = paste::additions(sides, file, new.path, &traits, &resources);
        work.paste = Some(paste);
        resource_lines(sides, new.path, &work.file, &resources, todo);
    }
    Some(work)
}

/// The resources that have come into an interface.
fn fresh(sides: &Sides<'_>, old: &Module<'_>, new: &Module<'_>) -> Vec<Definition> {
    let before = paste::resources(&sides.old_api, old.path);
    let mut now = paste::resources(&sides.new_api, new.path);
    now.retain(|one| before.iter().all(|before| before.name != one.name));
    now
}

fn by_trait(signatures: &[Signature]) -> Vec<(String, Vec<&Signature>)> {
    let mut by_trait: BTreeMap<String, Vec<&Signature>> = BTreeMap::new();
    for signature in signatures {
        let of = by_trait.entry(signature.of.clone()).or_default();
        of.push(signature);
    }
    by_trait.into_iter().collect()
}

fn created(sides: &Sides<'_>, module: &Module<'_>, todo: &mut Todo) {
    let path = module.path;
    let mut work = work(sides, path, FileAction::Create);
    for one in module.traits.values() {
        let methods = one.methods.iter();
        work.add
            .extend(methods.map(|method| paste::signature(sides, one, method)));
    }
    let traits: Vec<(String, Vec<&Signature>)> = module
        .traits
        .values()
        .map(|one| {
            let mine = work.add.iter().filter(|signature| signature.of == one.name);
            (one.name.clone(), mine.collect())
        })
        .collect();
    let resources = paste::resources(&sides.new_api, path);
    if path.is_empty() {
        work.action = FileAction::Edit;
        let file = sides.project.file(&work.file);
        work.paste = Some(paste::additions(sides, file, path, &traits, &[]));
    } else {
        let (interface, declared) = (&work.interface, work.declared.as_deref());
        let paste = paste::file(sides, interface, declared, path, &traits, &resources);
        work.paste = Some(paste);
    }
    link(sides, path, !resources.is_empty(), todo);
    resource_lines(sides, path, &work.file, &resources, todo);
    todo.files.push(work);
}

/// The lines that give the bindings the types of the host's own for resources.
fn resource_lines(
    sides: &Sides<'_>,
    module: &[String],
    file: &Path,
    resources: &[Definition],
    todo: &mut Todo,
) {
    let name = InterfaceName::parse(sides.interface(module).0);
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    for resource in resources {
        let Some(wit) = sides.resource(module, &resource.name) else {
            continue;
        };
        let line = format!(
            "\"{}.{wit}\": crate::imports::{stem}::{},  // into `with` of bindgen!",
            name.base(),
            resource.name
        );
        let bindings = &sides.place.file;
        todo.lines.push(Line::new(bindings, false, line));
    }
    // The bindings name them, so their module is no private one.
    let private = format!("mod {stem};");
    let registry = sides.project.file(Path::new(REGISTRY));
    let has = registry.is_some_and(|file| file.text.lines().any(|line| line.trim() == private));
    if has && !resources.is_empty() {
        todo.lines.push(Line::new(REGISTRY, true, &*private));
        todo.lines
            .push(Line::new(REGISTRY, false, format!("pub {private}")));
    }
}

fn deleted(sides: &Sides<'_>, module: &Module<'_>, todo: &mut Todo) {
    let path = module.path;
    let mut work = work(sides, path, FileAction::Delete);
    work.file = sides.project.file_of(path);
    for one in module.traits.values() {
        let methods = one.methods.iter();
        work.remove
            .extend(methods.map(|method| paste::signature(sides, one, method)));
    }
    let usual = format!("src/imports/{}.rs", stem(&sides.old_api, path));
    // A file under a name of its own may have more in it.
    let whole = !path.is_empty() && work.file == Path::new(&usual);
    if !whole {
        work.action = FileAction::Edit;
    }
    unlink(sides, path, whole.then_some(&*work.file), todo);
    todo.files.push(work);
}

/// An entry without methods yet.
fn work(sides: &Sides<'_>, module: &[String], action: FileAction) -> FileWork {
    let (interface, declared) = sides.interface(module);
    FileWork {
        file: match module {
            [] => REGISTRY.into(),
            module => format!("src/imports/{}.rs", stem(&sides.new_api, module)).into(),
        },
        action,
        interface,
        declared,
        add: Vec::new(),
        change: Vec::new(),
        remove: Vec::new(),
        paste: None,
    }
}

/// Changes to the `bindgen!` invocation itself, and to what is named after the world.
pub(super) fn options(sides: &Sides<'_>, todo: &mut Todo) {
    let place = &sides.place;
    for key in &sides.unused {
        let line = format!("\"{key}\" of bindgen!: nothing in the world matches it");
        todo.lines.push(Line::new(&place.file, true, line));
    }
    let world = &sides.new.wit.resolve.worlds[sides.new.world].name;
    if let Some(named) = &sides.named
        && InterfaceName::parse(named.as_str()).interface() != world
    {
        let (was, is) = (format!("\"{named}\""), format!("\"{world}\""));
        let file = sides.project.file(&place.file);
        let mut lines = file.iter().flat_map(|file| file.text.lines());
        let line = lines.find(|line| line.contains("world") && line.contains(&was));
        let line = line.map_or_else(|| format!("world: {was},"), |line| line.trim().into());
        let now = line.replacen(&was, &is, 1);
        todo.lines.push(Line::new(&place.file, true, line));
        todo.lines.push(Line::new(&place.file, false, now));
    }
    let (was, is) = (sides.old_type(), sides.new_type());
    if was == is {
        return;
    }
    for suffix in ["", "Pre", "Indices", "Imports"] {
        let (was, is) = (format!("{was}{suffix}"), format!("{is}{suffix}"));
        for file in sides.project.places_of_binding(place, &was) {
            let line = format!("{was} of the bindings is {is} now");
            todo.lines.push(Line::new(file, false, line));
        }
    }
}

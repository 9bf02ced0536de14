//! Comparing the two APIs.

use super::paste;
use super::registry::{add_line, declare, interface, register, stem, unregister, world_type};
use super::{CallWork, FileAction, FileWork, Line, Sides, Signature, Todo, TypeWork};
use crate::wit::api::Trait;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The traits of one module.
type Module<'a> = BTreeMap<&'a str, &'a Trait>;

pub(super) fn implementations(sides: &Sides<'_>, todo: &mut Todo) {
    let (mut old_traits, new_traits) = (sides.old_api.traits(), sides.new_api.traits());
    // The traits of the world's own functions are named after the world.
    let (was, is) = (world_type(sides, true), world_type(sides, false));
    for one in old_traits.iter_mut().filter(|one| one.module.is_empty()) {
        one.name = one.name.replacen(&was, &is, 1);
    }
    let (old, new) = (by_module(&old_traits), by_module(&new_traits));
    let mut gone: Vec<_> = old.iter().filter(|(m, _)| !new.contains_key(*m)).collect();
    for (module, traits) in &new {
        if let Some(before) = old.get(module) {
            todo.files.extend(edited(sides, module, before, traits));
            continue;
        }
        let twin = gone
            .iter()
            .position(|(m, before)| twins(m, before, module, traits));
        match twin.map(|at| gone.remove(at)) {
            Some((from, _)) => moved(sides, from, module, todo),
            None => created(sides, module, traits, todo),
        }
    }
    for (module, _) in gone {
        deleted(sides, module, todo);
    }
}

fn by_module(traits: &[Trait]) -> BTreeMap<&[String], Module<'_>> {
    let mut modules: BTreeMap<&[String], Module<'_>> = BTreeMap::new();
    for one in traits {
        let module = modules.entry(&one.module).or_default();
        module.insert(&one.name, one);
    }
    modules
}

/// Whether one module is the other under a new name.
fn twins(old: &[String], before: &Module<'_>, new: &[String], traits: &Module<'_>) -> bool {
    let methods = |traits: &Module<'_>| {
        let methods = traits
            .values()
            .map(|one| (one.name.clone(), one.methods.clone()));
        methods.collect::<Vec<_>>()
    };
    !old.is_empty() && !new.is_empty() && methods(before) == methods(traits)
}

fn edited(
    sides: &Sides<'_>,
    module: &[String],
    old: &Module<'_>,
    new: &Module<'_>,
) -> Option<FileWork> {
    let mut work = work(sides, module, FileAction::Edit);
    let empty = Vec::new();
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for name in names {
        let (before, now) = (old.get(name), new.get(name));
        let old_methods = before.map_or(&empty, |one| &one.methods);
        let new_methods = now.map_or(&empty, |one| &one.methods);
        for method in new_methods {
            let Some(of) = now else { continue };
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
        for method in old_methods {
            let Some(of) = before else { continue };
            if !new_methods.iter().any(|new| new.name == method.name) {
                work.remove.push(paste::signature(sides, of, method));
            }
        }
    }
    if work.add.is_empty() && work.change.is_empty() && work.remove.is_empty() {
        return None;
    }
    let mut by_trait: BTreeMap<String, Vec<&Signature>> = BTreeMap::new();
    for signature in work.add.iter().chain(&work.change) {
        by_trait
            .entry(signature.of.clone())
            .or_default()
            .push(signature);
    }
    let by_trait: Vec<_> = by_trait.into_iter().collect();
    if !by_trait.is_empty() {
        work.paste = Some(paste::impls(sides, &by_trait));
    }
    Some(work)
}

fn created(sides: &Sides<'_>, module: &[String], traits: &Module<'_>, todo: &mut Todo) {
    let mut work = work(sides, module, FileAction::Create);
    for one in traits.values() {
        let methods = one
            .methods
            .iter()
            .map(|method| paste::signature(sides, one, method));
        work.add.extend(methods);
    }
    let by_trait: Vec<(String, Vec<&Signature>)> = traits
        .values()
        .map(|one| {
            let mine = work.add.iter().filter(|signature| signature.of == one.name);
            (one.name.clone(), mine.collect())
        })
        .collect();
    let resources = paste::resources(sides, module);
    if module.is_empty() {
        work.action = FileAction::Edit;
        work.paste = Some(paste::impls(sides, &by_trait));
        add_line(todo, register(sides, module));
    } else {
        let declared = work.declared.as_deref();
        work.paste = Some(paste::file(
            sides,
            &work.interface,
            declared,
            module,
            &by_trait,
        ));
        add_line(todo, declare(sides, module, !resources.is_empty()));
        add_line(todo, register(sides, module));
    }
    for resource in resources {
        let name = interface(sides, module).0;
        let name = name.split('@').next().unwrap_or_default();
        let wit = paste::kebab(&resource.name);
        todo.lines.push(Line {
            file: sides.options.place.file.clone(),
            remove: false,
            line: format!(
                "\"{name}.{wit}\": crate::imports::{}::{},  // into `with` of bindgen!",
                stem(sides, module),
                resource.name
            ),
        });
    }
    todo.files.push(work);
}

fn moved(sides: &Sides<'_>, from: &[String], to: &[String], todo: &mut Todo) {
    let old_file = sides.project.file_of(from);
    let mut work = work(sides, to, FileAction::Move(old_file));
    let path = |module: &[String]| format!("{}::{}", sides.options.place.module, module.join("::"));
    work.paste = Some(format!(
        "// {} is now\nuse {}::Host;\n",
        path(from),
        path(to)
    ));
    todo.files.push(work);
    unregister(sides, from, todo);
    add_line(todo, declare(sides, to, false));
    add_line(todo, register(sides, to));
}

fn deleted(sides: &Sides<'_>, module: &[String], todo: &mut Todo) {
    let mut work = work(sides, module, FileAction::Delete);
    let traits = sides.old_api.traits();
    for one in traits.iter().filter(|one| one.module == module) {
        let methods = one
            .methods
            .iter()
            .map(|method| paste::signature(sides, one, method));
        work.remove.extend(methods);
    }
    if module.is_empty() {
        work.action = FileAction::Edit;
    }
    todo.files.push(work);
    unregister(sides, module, todo);
}

/// An entry without methods yet.
fn work(sides: &Sides<'_>, module: &[String], action: FileAction) -> FileWork {
    let (interface, declared) = interface(sides, module);
    let file = match action {
        FileAction::Create | FileAction::Move(_) if !module.is_empty() => {
            PathBuf::from(format!("src/imports/{}.rs", stem(sides, module)))
        }
        _ => sides.project.file_of(module),
    };
    FileWork {
        file,
        action,
        interface,
        declared,
        add: Vec::new(),
        change: Vec::new(),
        remove: Vec::new(),
        paste: None,
    }
}

/// Changes to the `bindgen!` invocation itself.
pub(super) fn options(sides: &Sides<'_>, unused: Vec<String>, todo: &mut Todo) {
    let file = &sides.options.place.file;
    let mut line = |remove: bool, line: String| {
        todo.lines.push(Line {
            file: file.clone(),
            remove,
            line,
        });
    };
    for key in unused {
        line(
            true,
            format!("\"{key}\" of bindgen!: nothing in the world matches it"),
        );
    }
    let (was, is) = (world_type(sides, true), world_type(sides, false));
    let name = &sides.new.wit.resolve.worlds[sides.new.world].name;
    if let Some(named) = &sides.options.world
        && named.rsplit('/').next().and_then(|n| n.split('@').next()) != Some(name)
    {
        line(true, format!("world: \"{named}\""));
        line(false, format!("world: \"{name}\""));
    }
    if was != is {
        for suffix in ["", "Pre", "Indices", "Imports"] {
            for place in sides.project.places(&format!("{was}{suffix}")) {
                todo.lines.push(Line {
                    file: PathBuf::from(place),
                    remove: false,
                    line: format!("{was}{suffix} of the bindings is {is}{suffix} now"),
                });
            }
        }
    }
}

/// Calls of exports that are not what they were.
pub(super) fn calls(sides: &Sides<'_>) -> Vec<CallWork> {
    let (was, is) = (world_type(sides, true), world_type(sides, false));
    let collect = |calls: Vec<crate::wit::api::Call>| -> BTreeMap<(String, String), String> {
        let entry = |call: crate::wit::api::Call| {
            let owner = if call.owner == was {
                is.clone()
            } else {
                call.owner
            };
            ((owner, call.method.name), call.method.signature)
        };
        calls.into_iter().map(entry).collect()
    };
    let (old, new) = (
        collect(sides.old_api.calls()),
        collect(sides.new_api.calls()),
    );
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    keys.into_iter()
        .filter(|key| old.get(*key) != new.get(*key))
        .map(|key| CallWork {
            function: format!("{}::{}", key.0, key.1),
            old: old.get(key).cloned(),
            new: new.get(key).cloned(),
            places: sides.project.places(&key.1),
        })
        .collect()
}

/// Types that a host makes or takes apart.
pub(super) fn types(sides: &Sides<'_>) -> Vec<TypeWork> {
    let name = |module: &[String], name: &str| match module {
        [] => name.to_string(),
        module => format!("{}::{name}", module.join("::")),
    };
    let before: BTreeMap<String, String> = sides
        .old_api
        .definitions()
        .into_iter()
        .map(|definition| (name(&definition.module, &definition.name), definition.text))
        .collect();
    sides
        .new_api
        .definitions()
        .into_iter()
        .filter_map(|now| {
            let name = name(&now.module, &now.name);
            let old = before.get(&name)?;
            (*old != now.text).then(|| TypeWork {
                name,
                old: old.trim().to_string(),
                new: now.text.trim().to_string(),
            })
        })
        .collect()
}

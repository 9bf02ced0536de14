//! An interface that is new.

use super::edited::edited;
use super::impls::{on, signature};
use super::module::work;
use super::parts::{Parts, append, pasted};
use super::resources::{define, file_module, resource_keys, unmapped};
use crate::todo::layout::{self, Shape};
use crate::todo::link;
use crate::todo::list::{FileAction, Signature};
use crate::todo::making::Making;
use crate::todo::paste;
use crate::todo::traits::Module;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn created(making: &mut Making<'_>, module: &Module<'_>) {
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
        // Of a project that stands elsewhere, from its own directory.
        let package = &sides.place().package;
        let declared = declared.map(|file| match Path::new(file).strip_prefix(package) {
            Ok(inside) => inside.display().to_string(),
            Err(_) => file.to_string(),
        });
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

/// An interface that is new, and that the host has begun to implement.
pub(super) fn begun(making: &mut Making<'_>, module: &Module<'_>) {
    let nothing = Module {
        path: module.path,
        traits: BTreeMap::new(),
    };
    edited(making, &nothing, module);
    link::link(making, module.path);
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

//! Comparing the two APIs, interface by interface.

mod created;
mod deleted;
mod edited;
mod impls;
mod kept;
mod module;
mod moved;
mod parts;
mod resources;

use super::making::Making;
use super::traits::{modules, twins};
use created::{begun, created};
use deleted::deleted;
use edited::edited;
use impls::file_of;
use moved::moved;

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
            None if implemented(making, path) => begun(making, module),
            None => created(making, module),
        }
    }
    for (_, module) in gone {
        deleted(making, module);
    }
}

fn implemented(making: &Making<'_>, path: &[String]) -> bool {
    file_of(making, path).is_some()
}

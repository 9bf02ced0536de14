//! An interface whose methods are not what they were.

use super::impls::{
    change, file_of, impl_of, is_done, path_of, plain, remove, remove_impl, signature, written,
};
use super::kept::{fitted, kept};
use super::module::work;
use super::parts::{Parts, add_methods, append, pasted};
use super::resources::{define, file_module, fresh, resource_keys};
use crate::todo::list::{FileAction, Signature};
use crate::todo::making::Making;
use crate::todo::traits::Module;
use std::collections::BTreeSet;

pub(super) fn edited(making: &mut Making<'_>, old: &Module<'_>, new: &Module<'_>) {
    let mut work = work(making.sides, new.path, FileAction::Edit);
    // What was done already is under the new name.
    work.file = file_of(making, old.path).or_else(|| file_of(making, new.path));
    let place = work.file.clone().unwrap_or_default();
    let mut parts = Parts::default();
    let mut resources = fresh(making, old, new);
    let types = define(making, &place, new.path, &mut resources);
    let names: BTreeSet<&String> = old.traits.keys().chain(new.traits.keys()).collect();
    for name in names {
        let (before, now) = (old.traits.get(name), new.traits.get(name));
        let was = before.map_or(name.as_str(), |one| one.name.as_str());
        let there = impl_of(making.sides, old.path, was);
        let there = there
            .or_else(|| impl_of(making.sides, new.path, name))
            .cloned();
        let has = |method: &str| there.as_ref().map(|one| one.methods.contains_key(method));
        let empty = Vec::new();
        let old_methods = before.map_or(&empty, |one| &one.methods);
        let new_methods = now.map_or(&empty, |one| &one.methods);
        let mut add = Vec::new();
        for method in new_methods {
            let file = there.as_ref().map(|one| path_of(making, one));
            let file = file.unwrap_or_else(|| place.clone());
            let Some(old) = old_methods.iter().find(|old| old.name == method.name) else {
                if has(&method.name) != Some(true) {
                    let mut made = signature(making, &file, name, new.path, method);
                    made.signature = fitted(there.as_ref(), &made.signature);
                    add.push(made);
                }
                continue;
            };
            let was = plain(making, name, new.path, old);
            let now = plain(making, name, new.path, method);
            if was != now {
                let own = there.as_ref();
                let (was, now) = (fitted(own, &was), fitted(own, &now));
                if is_done(making, own, &method.name, &now) {
                    continue;
                }
                let mut signature = signature(making, &file, name, new.path, method);
                signature.signature = fitted(own, &signature.signature);
                let written = written(making, own, &method.name);
                let text = written.map_or(signature.signature.clone(), |written| {
                    kept(written, &was, &now, &signature.signature)
                });
                change(making, own, &method.name, &text);
                signature.old = Some(was);
                work.change.push(signature);
            }
        }
        for method in old_methods {
            let is_gone = !new_methods.iter().any(|new| new.name == method.name);
            if is_gone && has(&method.name).unwrap_or(work.file.is_none()) {
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
            making.gone_trait([old.path, new.path], was);
        } else if unknown && !add.is_empty() {
            work.add.extend(add.clone());
            parts.into.push((format!("impl {name}"), add));
        } else if !add.is_empty() || (appears && there.is_none()) {
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

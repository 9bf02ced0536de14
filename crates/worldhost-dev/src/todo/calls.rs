//! Calls of exports, and types, that are not what they were.

use super::list::{CallWork, TypeWork};
use super::sides::Sides;
use crate::api::Call;
use std::collections::{BTreeMap, BTreeSet};

/// Calls of exports that are not what they were.
pub(super) fn calls(sides: &Sides<'_>) -> Vec<CallWork> {
    let (was, is) = (sides.old_type(), sides.new_type());
    let then = |call: Call| {
        let owner = match call.module.is_empty() && call.owner == was {
            true => is.clone(),
            false => call.owner,
        };
        let owner = whole(&sides.now(&call.module), &owner);
        ((owner, call.name), call.signature)
    };
    let now = |call: Call| {
        let owner = whole(&call.module, &call.owner);
        ((owner, call.name), call.signature)
    };
    let old: BTreeMap<_, _> = sides.old_api.calls().into_iter().map(then).collect();
    let new: BTreeMap<_, _> = sides.new_api.calls().into_iter().map(now).collect();
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    keys.into_iter()
        .filter(|key| old.get(*key) != new.get(*key))
        .map(|key| CallWork {
            function: format!("{}::{}", key.0, key.1),
            old: old.get(key).cloned(),
            new: new.get(key).cloned(),
            places: places(sides, &key.1),
        })
        .collect()
}

/// Types that a host makes or takes apart.
pub(super) fn types(sides: &Sides<'_>) -> Vec<TypeWork> {
    let old = sides.old_api.definitions().into_iter();
    let before: BTreeMap<String, String> = old
        .map(|was| (whole(&sides.now(&was.module), &was.name), was.text))
        .collect();
    let new = sides.new_api.definitions().into_iter();
    new.filter_map(|now| {
        let name = whole(&now.module, &now.name);
        let old = before.get(&name)?;
        (*old != now.text).then(|| TypeWork {
            name,
            old: old.trim().to_string(),
            new: now.text.trim().to_string(),
        })
    })
    .collect()
}

fn whole(module: &[String], name: &str) -> String {
    match module {
        [] => name.to_string(),
        module => format!("{}::{name}", module.join("::")),
    }
}

/// Where the project uses a word: file and line.
fn places(sides: &Sides<'_>, word: &str) -> Vec<String> {
    let own = &sides.place().package;
    let files = sides.code.files.iter();
    let places = files.flat_map(|file| {
        let path = worldhost_wit::paths::between(own, &file.package.join(&file.path));
        file.lines_with(word)
            .map(move |line| format!("{}:{line}", path.display()))
    });
    places.collect()
}

//! Traits of the bindings, interface by interface.

use crate::api::{Trait, in_one_line};
use std::collections::BTreeMap;

/// The traits of one module of the bindings.
pub(super) struct Module<'a> {
    /// Its path in the bindings that it is of.
    pub(super) path: &'a [String],
    pub(super) traits: BTreeMap<String, &'a Trait>,
}

/// The modules, by the paths that they have now.
pub(super) type Modules<'a> = BTreeMap<Vec<String>, Module<'a>>;

pub(super) fn modules<'a>(
    traits: &'a [Trait],
    now: impl Fn(&Trait) -> (Vec<String>, String),
) -> Modules<'a> {
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
pub(super) fn twins(old: &Module<'_>, new: &Module<'_>) -> bool {
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

/// What of the one has no counterpart under its own name in the other, and is there under
/// another: from, and to.
pub(super) fn twins_of<'m>(
    old: &'m Modules<'_>,
    new: &'m Modules<'_>,
) -> Vec<(&'m Module<'m>, &'m Module<'m>)> {
    let mut gone: Vec<_> = old.iter().filter(|(m, _)| !new.contains_key(*m)).collect();
    let came = new.iter().filter(|(m, _)| !old.contains_key(*m));
    let pairs = came.filter_map(|(_, module)| {
        let at = gone.iter().position(|(_, before)| twins(before, module))?;
        Some((gone.remove(at).1, module))
    });
    pairs.collect()
}

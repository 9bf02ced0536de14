//! The names that a file has, and those that are brought into it for what is pasted.

use crate::krate::Names;
use std::collections::{BTreeMap, BTreeSet};

/// The names in one file, as they are and as they become.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Names that are taken, with the whole path of what they mean where that is known.
    taken: BTreeMap<String, Option<Vec<String>>>,
    /// The paths that are brought in, by name.
    added: BTreeMap<String, Vec<String>>,
}

/// Names that mean something in every file.
const PRELUDE: [&str; 33] = [
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "String",
    "Vec",
    "Box",
    "Send",
    "Sync",
    "Sized",
    "Copy",
    "Clone",
    "Drop",
    "Fn",
    "FnMut",
    "FnOnce",
    "Iterator",
    "IntoIterator",
    "Default",
    "ToString",
    "ToOwned",
    "From",
    "Into",
    "TryFrom",
    "TryInto",
    "AsRef",
    "AsMut",
    "Eq",
    "PartialEq",
    "Self",
    "Future",
];

/// Whether a name means something in every file.
pub(super) fn is_common(name: &str) -> bool {
    PRELUDE.contains(&name)
}

impl Scope {
    /// A file that is there. `whole` gives the path that a name's path leads to.
    pub(super) fn of(names: &Names, whole: impl Fn(&[String]) -> Vec<String>) -> Scope {
        let mut scope = Scope::default();
        for name in names.uses.keys() {
            let path = whole(std::slice::from_ref(name));
            scope.taken.insert(name.clone(), Some(path));
        }
        for name in names.items.iter().chain(names.modules.keys()) {
            scope.taken.insert(name.clone(), None);
        }
        scope
    }

    /// Takes a name for an item of the file's own that stands for a path elsewhere; false
    /// when something else has the name.
    pub(super) fn define(&mut self, name: &str, path: &[String]) -> bool {
        if is_common(name) || self.taken.contains_key(name) {
            return false;
        }
        self.taken.insert(name.to_string(), Some(path.to_vec()));
        true
    }

    /// Whether a name is taken.
    pub(super) fn has(&self, name: &str) -> bool {
        self.taken.contains_key(name)
    }

    /// Brings in a path under a name that something else of the paste needs to have. When the
    /// name is taken by something else, nothing is brought in.
    pub(super) fn bring(&mut self, name: &str, path: &[String]) {
        if !self.taken.contains_key(name) {
            self.taken.insert(name.to_string(), Some(path.to_vec()));
            if path != [name.to_string()] {
                self.added.insert(name.to_string(), path.to_vec());
            }
        }
    }

    /// How a path is written in this file: its last name where that is free.
    pub(super) fn name(&mut self, path: &[String]) -> Vec<String> {
        let known = self
            .taken
            .iter()
            .find(|(_, known)| known.as_deref() == Some(path));
        if let Some((name, _)) = known {
            return vec![name.clone()];
        }
        let last = path.last().cloned().unwrap_or_default();
        if path.len() == 1 || is_common(&last) || self.taken.contains_key(&last) {
            return path.to_vec();
        }
        self.bring(&last, path);
        vec![last]
    }

    /// How a name of the prelude is written: whole, where the file has another of the name.
    pub(super) fn common(&self, name: &str, path: &str) -> String {
        match self.taken.contains_key(name) {
            true => path.to_string(),
            false => name.to_string(),
        }
    }

    /// The `use` items for what was brought in.
    pub(super) fn uses(&self) -> Vec<String> {
        let mut by_module: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, path) in &self.added {
            let (last, module) = path.split_last().map_or((name, &path[..]), |(l, m)| (l, m));
            let shown = match last == name {
                true => name.clone(),
                false => format!("{last} as {name}"),
            };
            by_module
                .entry(module.join("::"))
                .or_default()
                .insert(shown);
        }
        let lines = by_module.into_iter().map(|(module, names)| {
            let names: Vec<String> = names.into_iter().collect();
            match (module.as_str(), &names[..]) {
                ("", names) => format!("use {};", names.join(", ")),
                (module, [name]) => format!("use {module}::{name};"),
                (module, names) => format!("use {module}::{{{}}};", names.join(", ")),
            }
        });
        lines.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<String> {
        text.split("::").map(String::from).collect()
    }

    #[test]
    fn names_are_short_where_they_are_free() {
        let mut scope = Scope::default();
        assert!(scope.define("Resource", &path("crate::a::Resource")));
        assert!(!scope.define("Option", &path("crate::a::Option")));
        let long = path("wasmtime::component::Resource");
        assert_eq!(scope.name(&long), long);
        assert_eq!(scope.name(&path("crate::a::Entry")), ["Entry"]);
        assert_eq!(scope.name(&path("crate::a::Entry")), ["Entry"]);
        assert_eq!(
            scope.name(&path("crate::b::Entry")),
            path("crate::b::Entry")
        );
        assert_eq!(scope.name(&path("crate::a::Kind")), ["Kind"]);
        assert_eq!(
            scope.name(&path("crate::a::String")),
            path("crate::a::String")
        );
        assert_eq!(scope.uses(), ["use crate::a::{Entry, Kind};"]);
    }
}

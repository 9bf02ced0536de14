//! The names that are in one module.

use super::uses;
use std::collections::{BTreeMap, BTreeSet};

/// What a module has of its own, and what `use` brings into it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// Each name with the path behind it.
    pub(crate) uses: BTreeMap<String, Vec<String>>,
    /// Paths of which all names are here.
    pub(crate) globs: Vec<Vec<String>>,
    /// Its own modules, and whether others than it may name them.
    pub(crate) modules: BTreeMap<String, bool>,
    pub(crate) items: BTreeSet<String>,
}

impl Names {
    pub(super) fn of(items: &[syn::Item]) -> Names {
        let mut names = Names::default();
        for item in items {
            names.add(item);
        }
        names
    }

    fn add(&mut self, item: &syn::Item) {
        let own = match item {
            syn::Item::Use(item) => {
                uses::flatten(&item.tree, &mut |path, name| match name {
                    Some(name) => drop(self.uses.insert(name, path)),
                    None => self.globs.push(path),
                });
                return;
            }
            syn::Item::ExternCrate(item) => {
                if let Some((_, name)) = &item.rename {
                    let path = vec![item.ident.to_string()];
                    self.uses.insert(name.to_string(), path);
                }
                return;
            }
            syn::Item::Mod(item) => {
                let visible = !matches!(item.vis, syn::Visibility::Inherited);
                self.modules.insert(item.ident.to_string(), visible);
                return;
            }
            syn::Item::Struct(item) => &item.ident,
            syn::Item::Enum(item) => &item.ident,
            syn::Item::Union(item) => &item.ident,
            syn::Item::Type(item) => &item.ident,
            syn::Item::Trait(item) => &item.ident,
            syn::Item::TraitAlias(item) => &item.ident,
            syn::Item::Fn(item) => &item.sig.ident,
            syn::Item::Const(item) => &item.ident,
            syn::Item::Static(item) => &item.ident,
            _ => return,
        };
        self.items.insert(own.to_string());
    }

    /// Whether a name is in scope, other than through a glob.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.uses.contains_key(name) || self.modules.contains_key(name) || self.items.contains(name)
    }
}

//! What a file calls Wasmtime's `bindgen!`.

use std::collections::HashMap;

/// The names that `use` brings into a file, with the paths behind them.
#[derive(Default)]
pub(super) struct Names {
    paths: HashMap<String, Vec<String>>,
}

impl Names {
    /// Of all `use` items of a file, in whatever module or function they are.
    pub(super) fn of(file: &syn::File) -> Names {
        struct Uses<'a>(&'a mut Names);
        impl<'ast> syn::visit::Visit<'ast> for Uses<'_> {
            fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
                self.0.tree(&item.tree, &mut Vec::new());
            }
            fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
                if let Some((_, name)) = &item.rename {
                    let path = vec![item.ident.to_string()];
                    self.0.paths.insert(name.to_string(), path);
                }
            }
        }
        let mut names = Names::default();
        syn::visit::visit_file(&mut Uses(&mut names), file);
        names
    }

    fn tree(&mut self, tree: &syn::UseTree, path: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.tree(&inner.tree, path);
                path.pop();
            }
            syn::UseTree::Name(name) if name.ident == "self" => {
                if let Some(last) = path.last().cloned() {
                    self.paths.insert(last, path.clone());
                }
            }
            syn::UseTree::Name(name) => {
                let name = name.ident.to_string();
                let path = path.iter().cloned().chain([name.clone()]);
                self.paths.insert(name, path.collect());
            }
            syn::UseTree::Rename(name) => {
                let own = (name.ident != "self").then(|| name.ident.to_string());
                let path = path.iter().cloned().chain(own);
                self.paths.insert(name.rename.to_string(), path.collect());
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, path);
                }
            }
            syn::UseTree::Glob(_) => {}
        }
    }

    /// The names by which this file gives the macro to others, with that of the macro
    /// itself.
    pub(super) fn aliases(&self) -> impl Iterator<Item = &str> {
        let named = self.paths.iter().filter(|(_, path)| is_bindgen(path));
        named.map(|(name, _)| name.as_str())
    }

    /// Whether a macro of this path is Wasmtime's `bindgen!`, as far as names tell.
    /// `others` are names that other files give it.
    pub(super) fn mean_bindgen(&self, path: &syn::Path, others: &[String]) -> bool {
        let mut path: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        // A name may stand for a path that begins with another name.
        for _ in 0..8 {
            let Some(behind) = path.first().and_then(|first| self.paths.get(first)) else {
                break;
            };
            if behind.first() == path.first() && behind.len() == 1 {
                break;
            }
            let same = behind.first() == path.first();
            path = behind.iter().chain(&path[1..]).cloned().collect();
            if same {
                break;
            }
        }
        let ours = path.last().is_some_and(|last| others.contains(last));
        is_bindgen(&path) || ours
    }
}

fn is_bindgen(path: &[String]) -> bool {
    path.last().is_some_and(|last| last == "bindgen")
}

//! What is gone from the project, and the `use` items that brought it in.

use super::edit::Edit;
use super::making::Making;
use crate::krate::{File, offset};
use proc_macro2::Span;
use std::path::Path;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

impl Making<'_> {
    /// A file of the project is gone, and with it its module.
    pub(super) fn gone(&mut self, file: &Path) {
        let Some(module) = self.file(file).map(|file| file.module.clone()) else {
            return;
        };
        let Some((around, name)) = module.rsplit_once("::") else {
            return;
        };
        let (around, name) = (around.to_string(), name.to_string());
        let path: Vec<String> = module.split("::").map(String::from).collect();
        let files: Vec<_> = self
            .sides
            .code
            .files
            .iter()
            .filter(|file| self.sides.code.is_home(file) && file.module == around)
            .map(|file| file.path.clone())
            .collect();
        for file in files {
            self.undeclare(&file, &name);
        }
        self.without_uses(&[path], file);
    }

    /// A trait is gone from a module that stays, and whoever brings it in has no use for it.
    pub(super) fn gone_trait(&mut self, modules: [&[String]; 2], name: &str) {
        let gone = modules.map(|module| self.sides.whole(module, name));
        self.without_uses(&gone, Path::new(""));
    }

    /// The `use` items that bring in nothing but what is gone from the bindings.
    pub(super) fn dangling(&mut self, module: &[String]) {
        if module.is_empty() {
            let world = self.sides.old_type();
            let names = ["Imports", "ImportsWithStore"].map(|suffix| format!("{world}{suffix}"));
            let gone = names.map(|name| self.sides.whole(&[], &name));
            return self.without_uses(&gone, Path::new(""));
        }
        let mut gone = vec![self.sides.whole(module, "")];
        // A module of the package that is empty now is gone too.
        for parts in (1..module.len()).rev() {
            let above = &module[..parts];
            if !self.sides.new_api.has(&self.sides.now(above)) && self.sides.old_api.has(above) {
                gone.push(self.sides.whole(above, ""));
            }
        }
        self.without_uses(&gone, Path::new(""));
    }

    /// Takes away what `use` brings in from below these paths.
    fn without_uses(&mut self, gone: &[Vec<String>], except: &Path) {
        let code = &self.sides.code;
        let mut edits = Vec::new();
        for file in code.files.iter().filter(|file| file.path != except) {
            let mut all = Uses {
                modules: Vec::new(),
                found: Vec::new(),
            };
            if let Some(tree) = &file.tree {
                all.visit_file(tree);
            }
            for (modules, item) in all.found {
                let spot = code.spot(file, &modules);
                let is_gone = |before: &[String], tree: &syn::UseTree| {
                    let mut all = leaves(tree).into_iter();
                    all.all(|leaf| {
                        let path = [before, &leaf].concat();
                        let whole = code.home_path(&spot, &path);
                        whole.is_some_and(|whole| gone.iter().any(|gone| whole.starts_with(gone)))
                    })
                };
                if is_gone(&[], &item.tree) {
                    let (from, to) = bytes(file, item.span());
                    edits.push(Edit::without(file, from, to));
                } else {
                    parts(file, &item.tree, &mut Vec::new(), &is_gone, &mut edits);
                }
            }
        }
        for edit in edits {
            if !self.edits.contains(&edit) {
                self.edits.push(edit);
            }
        }
    }
}

/// Takes away those names of a group that are gone.
fn parts(
    file: &File,
    tree: &syn::UseTree,
    before: &mut Vec<String>,
    is_gone: &impl Fn(&[String], &syn::UseTree) -> bool,
    edits: &mut Vec<Edit>,
) {
    match tree {
        syn::UseTree::Path(path) => {
            before.push(path.ident.to_string());
            parts(file, &path.tree, before, is_gone, edits);
            before.pop();
        }
        syn::UseTree::Group(group) => {
            for item in &group.items {
                if !is_gone(before, item) {
                    parts(file, item, before, is_gone, edits);
                    continue;
                }
                let (from, to) = bytes(file, item.span());
                let rest = &file.text[to..];
                let comma = rest.len() - rest.trim_start_matches([',', ' ']).len();
                edits.push(Edit::new(file, from, to + comma, ""));
            }
        }
        _ => {}
    }
}

struct Uses<'ast> {
    modules: Vec<String>,
    found: Vec<(Vec<String>, &'ast syn::ItemUse)>,
}

impl<'ast> Visit<'ast> for Uses<'ast> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.modules.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.modules.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.found.push((self.modules.clone(), item));
    }
}

/// Every path of a `use`.
fn leaves(tree: &syn::UseTree) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    crate::krate::flatten(tree, &mut |path, _| found.push(path));
    found
}

fn bytes(file: &File, span: Span) -> (usize, usize) {
    (
        offset(&file.text, span.start()),
        offset(&file.text, span.end()),
    )
}

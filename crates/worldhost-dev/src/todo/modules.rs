//! `mod` items: those of files that come and go, and of what others must be able to name.

use super::edit::Edit;
use super::making::{Making, uses_at};
use crate::krate::{File, offset};
use std::path::Path;
use syn::spanned::Spanned;

impl Making<'_> {
    /// Declares a module in the file of the module around it.
    pub(super) fn declare(&mut self, around: &Path, name: &str, public: bool) {
        let visibility = if public { "pub " } else { "" };
        let line = format!("{visibility}mod {name};\n");
        let edit = self.file(around).map(|file| {
            let at = behind_modules(file).unwrap_or_else(|| uses_at(file));
            Edit::new(file, at, at, line)
        });
        self.edits.extend(edit);
    }

    /// Takes away what declares a module.
    pub(super) fn undeclare(&mut self, around: &Path, name: &str) {
        let edit = self.file(around).and_then(|file| {
            let item = module(file, name)?;
            let span = item.span();
            let (from, to) = (
                offset(&file.text, span.start()),
                offset(&file.text, span.end()),
            );
            Some(Edit::without(file, from, to))
        });
        self.edits.extend(edit);
    }

    /// Lets the whole crate name what is in a module of it: all but the modules of the
    /// crate's first file, which everything in it can name.
    pub(super) fn publish(&mut self, path: &[String]) {
        for at in 2..path.len() {
            let (around, name) = (path[..at].join("::"), &path[at]);
            let names = self.sides.code.names_of(&around);
            if names.and_then(|names| names.modules.get(name)) != Some(&false) {
                continue;
            }
            let code = &self.sides.code;
            let files = code.files.iter().filter(|file| code.is_home(file));
            let edits: Vec<Edit> = files
                .filter(|file| file.module == around)
                .filter_map(|file| {
                    let item = module(file, name)?;
                    let at = offset(&file.text, item.mod_token.span().start());
                    Some(Edit::new(file, at, at, "pub "))
                })
                .collect();
            for edit in edits {
                if !self.edits.contains(&edit) {
                    self.edits.push(edit);
                }
            }
        }
    }
}

/// The item of a module without a body in this file.
fn module<'a>(file: &'a File, name: &str) -> Option<&'a syn::ItemMod> {
    let items = file.tree.iter().flat_map(|tree| &tree.items);
    let mut modules = items.filter_map(|item| match item {
        syn::Item::Mod(item) if item.content.is_none() => Some(item),
        _ => None,
    });
    modules.find(|item| item.ident == name)
}

/// Behind the last `mod` item without a body.
fn behind_modules(file: &File) -> Option<usize> {
    let items = file.tree.iter().flat_map(|tree| &tree.items);
    let ends = items.filter_map(|item| match item {
        syn::Item::Mod(item) if item.content.is_none() => {
            Some(offset(&file.text, item.span().end()))
        }
        _ => None,
    });
    let end = ends.max()?;
    let line = file.text[end..].find('\n');
    Some(line.map_or(file.text.len(), |at| end + at + 1))
}

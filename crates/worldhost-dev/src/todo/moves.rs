//! Paths in the project to what has another name now.

use super::edit::Edit;
use super::making::Making;
use super::renamed::replaced;
use crate::krate::{Code, File, Spot, offset};
use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use worldhost_wit::InterfaceName;

impl Making<'_> {
    /// A module or type of the bindings is another now.
    pub(super) fn renamed(&mut self, from: &[String], to: &[String]) {
        let whole = |path: &[String]| self.sides.whole(path, "");
        let pair = (whole(from), whole(to));
        if !self.renames.contains(&pair) {
            self.renames.push(pair);
        }
    }
}

/// Rewrites every path to what has another name now, and every text of WIT names.
pub(super) fn rename(making: &mut Making<'_>) {
    let sides = making.sides;
    for (from, to) in sides.moved() {
        making.renamed(from, to);
    }
    let files = making.files.clone();
    for (from, to) in &files {
        let module = making.file(from).map(|file| file.module.clone());
        if let Some(module) = module {
            let was: Vec<String> = module.split("::").map(String::from).collect();
            let mut is = was.clone();
            if let (Some(last), Some(stem)) = (is.last_mut(), to.file_stem()) {
                *last = stem.to_string_lossy().into_owned();
            }
            making.renames.push((was, is));
        }
    }
    packages(making);
    if making.renames.is_empty() && sides.renamed.is_none() {
        return;
    }
    let names = names(making);
    for file in &sides.code.files {
        let mut edits = Vec::new();
        if let Some(tree) = &file.tree {
            let mut paths = Paths {
                code: &sides.code,
                file,
                renames: &making.renames,
                modules: Vec::new(),
                inside: None,
                function: sides.place().function.as_deref(),
                edits: &mut edits,
            };
            paths.visit_file(tree);
        }
        edits.extend(texts(file, &names));
        making.edits.extend(edits);
    }
}

/// A package whose every interface has moved may be named by itself.
fn packages(making: &mut Making<'_>) {
    let moved: Vec<_> = making.sides.moved().collect();
    let mut pairs = Vec::new();
    for (from, to) in &moved {
        let (Some((a, from)), Some((b, to))) = (from.split_last(), to.split_last()) else {
            continue;
        };
        let gone = !making.sides.new_api.has(from);
        if a == b && gone && !from.is_empty() {
            pairs.push((from.to_vec(), to.to_vec()));
        }
    }
    for (from, to) in pairs {
        making.renamed(&from, &to);
    }
}

/// WIT names that have others now, without their versions.
fn names(making: &Making<'_>) -> Vec<(String, String)> {
    let sides = making.sides;
    let base = |module: &[String]| {
        let name = InterfaceName::parse(sides.interface(module).0);
        name.base().to_string()
    };
    let mut names = Vec::new();
    let bindings = sides.whole(&[], "");
    for (from, to) in &making.renames {
        let below = |path: &[String]| path.strip_prefix(&bindings[..]).map(<[String]>::to_vec);
        if let (Some(from), Some(to)) = (below(from), below(to)) {
            let (from, to) = (base(&from), base(&to));
            if from != to && from.contains(':') && to.contains(':') {
                names.push((from, to));
            }
        }
    }
    if let Some(renamed) = &sides.renamed {
        names.push(renamed.names());
    }
    names
}

/// WIT names in the text of a file: in comments, and in the options of the macro.
fn texts(file: &File, names: &[(String, String)]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    for line in file.text.split_inclusive('\n') {
        let mut now = line.to_string();
        for (from, to) in names {
            now = replaced(&now, from, to);
        }
        if now != line {
            // To the byte, so that a path in the same line can change too.
            let ahead = line
                .bytes()
                .zip(now.bytes())
                .take_while(|(a, b)| a == b)
                .count();
            let behind = line.bytes().rev().zip(now.bytes().rev());
            let behind = behind.take_while(|(a, b)| a == b).count();
            let behind = behind.min(line.len() - ahead).min(now.len() - ahead);
            let text = &now[ahead..now.len() - behind];
            edits.push(Edit::new(file, at + ahead, at + line.len() - behind, text));
        }
        at += line.len();
    }
    edits
}

struct Paths<'a> {
    code: &'a Code,
    file: &'a File,
    renames: &'a [(Vec<String>, Vec<String>)],
    modules: Vec<String>,
    /// Whether the function around has the bindings in it.
    inside: Option<String>,
    function: Option<&'a str>,
    edits: &'a mut Vec<Edit>,
}

impl Paths<'_> {
    fn spot(&self) -> Spot {
        let inside = self.inside.is_some() && self.inside.as_deref() == self.function;
        self.code.spot(self.file, &self.modules).within(inside)
    }

    /// A path as it is written, by its names.
    fn path(&mut self, written: &[&Ident]) {
        let names: Vec<String> = written.iter().map(|name| name.to_string()).collect();
        let Some(whole) = self.code.home_path(&self.spot(), &names) else {
            return;
        };
        // The names at the end are those of the whole path, as far as no other stands for
        // them.
        let same = names.iter().rev().zip(whole.iter().rev());
        let same = same.take_while(|(a, b)| a == b).count();
        for (from, to) in self.renames {
            if !whole.starts_with(from) {
                continue;
            }
            let first = from.iter().zip(to).take_while(|(a, b)| a == b).count();
            let seen = whole.len() - same;
            // What another name stands for changes where that is given.
            let first = match from.len() == to.len() {
                true => first.max(seen),
                false => first,
            };
            if first < seen || first >= from.len() || from[first..] == to[first..] {
                continue;
            }
            let start = names.len() - (whole.len() - first);
            let end = names.len() - (whole.len() - from.len());
            let from = offset(&self.file.text, written[start].span().start());
            let to_byte = offset(&self.file.text, written[end - 1].span().end());
            let text = to[first..].join("::");
            let edit = Edit::new(self.file, from, to_byte, text);
            if !self.edits.contains(&edit) {
                self.edits.push(edit);
            }
            return;
        }
    }

    /// A path in code. A module alone is nothing there: it is a variable of the same name.
    fn used(&mut self, written: &[&Ident]) {
        let is_variable = match written {
            [one] => one.to_string().starts_with(|c: char| !c.is_uppercase()),
            _ => false,
        };
        if !is_variable {
            self.path(written);
        }
    }

    fn tree<'t>(&mut self, tree: &'t syn::UseTree, before: &mut Vec<&'t Ident>) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(&path.ident);
                self.tree(&path.tree, before);
                before.pop();
            }
            syn::UseTree::Name(name) if name.ident == "self" => self.path(before),
            syn::UseTree::Name(syn::UseName { ident })
            | syn::UseTree::Rename(syn::UseRename { ident, .. }) => {
                before.push(ident);
                self.path(before);
                before.pop();
            }
            syn::UseTree::Glob(_) => self.path(before),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, before);
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_none() {
            self.path(&[&item.ident]);
        }
        self.modules.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.modules.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let before = self.inside.replace(item.sig.ident.to_string());
        visit::visit_item_fn(self, item);
        self.inside = before;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<&Ident> = path.segments.iter().map(|segment| &segment.ident).collect();
        self.used(&names);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.tokens(mac.tokens.clone());
        visit::visit_macro(self, mac);
    }
}

impl Paths<'_> {
    /// Every path among the tokens of a macro.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let colons = |at: usize| {
            let is = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
            is(tokens.get(at)) && is(tokens.get(at + 1))
        };
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let mut path = vec![first];
                    while let (true, Some(TokenTree::Ident(next))) =
                        (colons(at + 1), tokens.get(at + 3))
                    {
                        path.push(next);
                        at += 3;
                    }
                    self.used(&path);
                }
                _ => {}
            }
            at += 1;
        }
    }
}

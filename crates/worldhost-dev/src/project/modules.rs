//! Which module of which crate a Rust file is.

use super::member::Member;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use worldhost_wit::paths::clean;

/// The modules of a package's files, by `mod` items from each target's first file on.
pub(crate) struct Modules {
    known: BTreeMap<PathBuf, Module>,
}

/// What a file is to the compiler.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// The first file of its crate; none when no `mod` item leads to the file.
    pub(crate) root: Option<PathBuf>,
    /// As in `crate::host::bindings`.
    pub(crate) path: String,
}

impl Modules {
    pub(crate) fn of(member: &Member) -> Modules {
        let mut modules = Modules {
            known: BTreeMap::new(),
        };
        for root in &member.roots {
            let around = root.parent().unwrap_or(Path::new(""));
            let module = Module {
                root: Some(root.clone()),
                path: "crate".into(),
            };
            modules.walk(&member.dir, root, around, &module);
        }
        modules
    }

    /// The module of a file. One that no `mod` item leads to has the module that it would
    /// usually have.
    pub(crate) fn of_file(&self, file: &Path) -> Module {
        let known = self.known.get(file).cloned();
        known.unwrap_or_else(|| Module {
            root: None,
            path: usual(file),
        })
    }

    /// `below` is where the files of the module's own modules are.
    fn walk(&mut self, dir: &Path, file: &Path, below: &Path, module: &Module) {
        if self.known.contains_key(file) {
            return;
        }
        self.known.insert(file.to_path_buf(), module.clone());
        let text = fs::read_to_string(dir.join(file)).unwrap_or_default();
        // Of the files of a project, most have no other below them, and to parse all is slow.
        if may_lead_on(&text)
            && let Ok(tree) = syn::parse_file(&text)
        {
            self.items(dir, file, &tree.items, below, module);
        }
    }

    fn items(
        &mut self,
        dir: &Path,
        file: &Path,
        items: &[syn::Item],
        below: &Path,
        module: &Module,
    ) {
        for item in items {
            let syn::Item::Mod(item) = item else {
                continue;
            };
            let name = item.ident.to_string();
            let plain = name.trim_start_matches("r#").to_string();
            let inner = Module {
                root: module.root.clone(),
                path: format!("{}::{name}", module.path),
            };
            let named = path_of(item);
            if let Some((_, items)) = &item.content {
                let below = match &named {
                    Some(path) => file.parent().unwrap_or(Path::new("")).join(path),
                    None => below.join(&plain),
                };
                self.items(dir, file, items, &below, &inner);
                continue;
            }
            let files = match &named {
                Some(path) => vec![file.parent().unwrap_or(Path::new("")).join(path)],
                None => vec![
                    below.join(format!("{plain}.rs")),
                    below.join(&plain).join("mod.rs"),
                ],
            };
            let mut files = files.into_iter().map(|file| clean(&file));
            if let Some(found) = files.find(|file| dir.join(file).is_file()) {
                // A file that `#[path]` names is as good as a mod.rs.
                let below = match named {
                    Some(_) => found.parent().unwrap_or(Path::new("")).to_path_buf(),
                    None => below_of(&found),
                };
                self.walk(dir, &found, &below, &inner);
            }
        }
    }
}

/// Whether there may be a `mod name;` in it.
fn may_lead_on(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices("mod").any(|(at, word)| {
        let after = &text[at + word.len()..];
        let begins = !text[..at].ends_with(is_word) && !after.starts_with(is_word);
        // Beside a comment, who knows.
        begins
            && after
                .find([';', '{', '/'])
                .is_some_and(|at| !after[at..].starts_with('{'))
    })
}

/// Where the modules of a module are that is in this file.
fn below_of(file: &Path) -> PathBuf {
    let around = file.parent().unwrap_or(Path::new(""));
    match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") | None => around.to_path_buf(),
        Some(stem) => around.join(stem),
    }
}

/// `#[path = "..."]`
fn path_of(item: &syn::ItemMod) -> Option<String> {
    item.attrs.iter().find_map(|attribute| {
        let named = attribute.path().is_ident("path");
        match (&attribute.meta, named) {
            (syn::Meta::NameValue(value), true) => match &value.value {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        }
    })
}

fn usual(file: &Path) -> String {
    let mut module = String::from("crate");
    let inside = file.strip_prefix("src").unwrap_or(file).with_extension("");
    let parts: Vec<_> = inside.iter().filter_map(|part| part.to_str()).collect();
    for (i, part) in parts.iter().enumerate() {
        let last = i + 1 == parts.len();
        if !(last && matches!(*part, "lib" | "main" | "mod")) {
            module.push_str("::");
            module.push_str(part);
        }
    }
    module
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_file_below_it_is_told_without_parsing() {
        for text in [
            "mod a;",
            "pub(crate) mod r#type ;",
            "mod a { mod\nb; }",
            "#[path = \"x.rs\"] mod a;",
            "mod /* of ours */ a;",
            "mod a { } mod b;",
        ] {
            assert!(may_lead_on(text), "{text}");
        }
        for text in [
            "mod a {}",
            "fn model() -> u8 { 1; }",
            "use a::modest;",
            "#[cfg(test)]\nmod tests { use super::*; }",
            "",
        ] {
            assert!(!may_lead_on(text), "{text}");
        }
    }

    #[test]
    fn a_file_is_a_module() {
        for (file, module) in [
            ("src/bindings.rs", "crate::bindings"),
            ("src/lib.rs", "crate"),
            ("src/host/mod.rs", "crate::host"),
            ("src/host/wit.rs", "crate::host::wit"),
        ] {
            assert_eq!(usual(Path::new(file)), module);
        }
    }
}

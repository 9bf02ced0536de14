//! How a project already implements its interfaces, so that what it is told to
//! paste fits.

use crate::bindgens::Place;
use crate::rust::has_word;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that declares and links the interfaces.
pub(super) const REGISTRY: &str = "src/imports/mod.rs";

/// The Rust files of a project, and the type that its host functions are on.
pub(crate) struct Project {
    pub(super) files: Vec<File>,
    /// The type that implements the `Host` traits, as it is written.
    pub(super) host_type: String,
    /// The `use` lines for the names in it.
    pub(super) uses: Vec<String>,
}

pub(super) struct File {
    /// Relative to the project.
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Project {
    pub(super) fn look(place: &Place) -> Project {
        let mut files = Vec::new();
        for dir in ["src", "tests", "examples", "benches"] {
            collect(&place.package, Path::new(dir), &mut files);
        }
        let found = files
            .iter()
            .filter(|file| file.is_source() && file.text.contains("Host"))
            .find_map(|file| host_type(&file.text));
        let (host_type, uses) = found.unwrap_or(("YourState".into(), Vec::new()));
        Project {
            files,
            host_type,
            uses,
        }
    }

    /// The file of an interface's implementation: the one that has it, or else the
    /// usual one.
    pub(super) fn file_of(&self, module: &[String]) -> PathBuf {
        let Some(name) = module.last() else {
            return REGISTRY.into();
        };
        let path = format!("{}::", module.join("::"));
        let has = |file: &&File| file.is_source() && file.implements() && file.text.contains(&path);
        match self.files.iter().find(has) {
            Some(file) => file.path.clone(),
            None => PathBuf::from(format!("src/imports/{name}.rs")),
        }
    }

    pub(super) fn file(&self, path: &Path) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Where the word is used: `file:line`.
    pub(super) fn places(&self, word: &str) -> Vec<String> {
        let files = self.files.iter();
        files.flat_map(|file| file.places(word)).collect()
    }

    /// Where the word is used in files that have it from the bindings.
    pub(super) fn places_of_binding(&self, bindings: &Place, word: &str) -> Vec<String> {
        let module = bindings.module.rsplit("::").next().unwrap_or_default();
        let is_it = |(path, _): &(Vec<String>, String)| match &path[..] {
            [.., before, name] => before == module && name == word,
            _ => false,
        };
        let path = format!("{module}::{word}");
        let has = |file: &&File| {
            file.path == bindings.file
                || has_word(&file.text, &path)
                || file.uses().iter().any(is_it)
        };
        let files = self.files.iter().filter(has);
        files.flat_map(|file| file.places(word)).collect()
    }
}

impl File {
    fn places(&self, word: &str) -> Vec<String> {
        let lines = self.text.lines().enumerate();
        let uses = |line: &str| has_word(line, word) && !line.trim_start().starts_with("//");
        lines
            .filter(|(_, line)| uses(line))
            .map(|(i, _)| format!("{}:{}", self.path.display(), i + 1))
            .collect()
    }

    fn is_source(&self) -> bool {
        self.path.starts_with("src")
    }

    /// Whether there is an implementation of a host's trait in it.
    fn implements(&self) -> bool {
        let mut lines = self.text.lines().map(str::trim_start);
        lines
            .any(|line| line.starts_with("impl") && line.contains("Host") && line.contains(" for "))
    }

    /// Whether a trait is implemented in it.
    pub(super) fn has_impl(&self, of: &str) -> bool {
        let mut lines = self.text.lines().map(str::trim_start);
        lines.any(|line| line.starts_with("impl") && has_word(line, of) && line.contains(" for "))
    }

    /// The names that are in scope in it.
    pub(super) fn names(&self) -> BTreeSet<String> {
        let uses = self.uses().into_iter().map(|(_, name)| name);
        let Ok(file) = syn::parse_file(&self.text) else {
            return uses.collect();
        };
        let own = file.items.iter().filter_map(|item| match item {
            syn::Item::Struct(item) => Some(item.ident.to_string()),
            syn::Item::Enum(item) => Some(item.ident.to_string()),
            syn::Item::Type(item) => Some(item.ident.to_string()),
            _ => None,
        });
        uses.chain(own).collect()
    }

    /// What its `use` items bring into scope: the paths, and the names.
    pub(super) fn uses(&self) -> Vec<(Vec<String>, String)> {
        let mut found = Vec::new();
        if let Ok(file) = syn::parse_file(&self.text) {
            uses(&file.items, &mut found);
        }
        found
    }
}

fn uses(items: &[syn::Item], found: &mut Vec<(Vec<String>, String)>) {
    for item in items {
        match item {
            syn::Item::Use(item) => flatten(&item.tree, &mut Vec::new(), found),
            syn::Item::Mod(item) => {
                if let Some((_, items)) = &item.content {
                    uses(items, found);
                }
            }
            _ => {}
        }
    }
}

fn flatten(tree: &syn::UseTree, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, String)>) {
    let whole = |name: &syn::Ident| {
        let last = (name != "self").then(|| name.to_string());
        path.iter().cloned().chain(last).collect::<Vec<_>>()
    };
    match tree {
        syn::UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            flatten(&inner.tree, path, found);
            path.pop();
        }
        syn::UseTree::Name(name) => {
            let path = whole(&name.ident);
            found.extend(path.last().cloned().map(|name| (path, name)));
        }
        syn::UseTree::Rename(name) => found.push((whole(&name.ident), name.rename.to_string())),
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, path, found);
            }
        }
        syn::UseTree::Glob(_) => {}
    }
}

/// The `T` of the first `impl ...Host for T`, and the imports of its names.
fn host_type(text: &str) -> Option<(String, Vec<String>)> {
    let file = syn::parse_file(text).ok()?;
    let found = file.items.iter().find_map(|item| match item {
        syn::Item::Impl(item) => {
            let (_, of, _) = item.trait_.as_ref()?;
            let name = of.segments.last()?.ident.to_string();
            let on_self = !matches!(*item.self_ty, syn::Type::Reference(_));
            (name.starts_with("Host") && on_self).then_some(&*item.self_ty)
        }
        _ => None,
    })?;
    let mut names = Vec::new();
    let host_type = type_text(found, &mut names)?;
    let mut all = Vec::new();
    uses(&file.items, &mut all);
    let named = all.into_iter().filter(|(_, name)| names.contains(name));
    let lines = named.map(|(path, name)| match path.last() == Some(&name) {
        true => format!("use {};", path.join("::")),
        false => format!("use {} as {name};", path.join("::")),
    });
    Some((host_type, lines.collect()))
}

/// A path type with its arguments, and the first name of each path in it.
fn type_text(ty: &syn::Type, names: &mut Vec<String>) -> Option<String> {
    let syn::Type::Path(ty) = ty else {
        return None;
    };
    names.push(ty.path.segments.first()?.ident.to_string());
    let mut parts = Vec::new();
    for segment in &ty.path.segments {
        let mut part = segment.ident.to_string();
        if let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments {
            let texts = arguments.args.iter().map(|argument| match argument {
                syn::GenericArgument::Type(ty) => type_text(ty, names),
                syn::GenericArgument::Lifetime(_) => Some("'_".to_string()),
                _ => None,
            });
            let texts = texts.collect::<Option<Vec<_>>>()?;
            part = format!("{part}<{}>", texts.join(", "));
        }
        parts.push(part);
    }
    Some(parts.join("::"))
}

/// The Rust files below a directory. One with a `Cargo.toml` is another package.
fn collect(project: &Path, dir: &Path, files: &mut Vec<File>) {
    let full = project.join(dir);
    if full.join("Cargo.toml").is_file() {
        return;
    }
    let entries = fs::read_dir(full).into_iter().flatten();
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = dir.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(project, &path, files),
            Ok(_) if path.extension().is_some_and(|e| e == "rs") => {
                if let Ok(text) = fs::read_to_string(entry.path()) {
                    files.push(File { path, text });
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::host_type;

    #[test]
    fn the_type_of_the_host_functions_is_found_with_its_imports() {
        let text = "use super::{Imports, Other};\nuse crate::State;\nuse std::fmt;\n\
                    impl<T> Clone for &T {}\nimpl store::Host for State<Imports> {}";
        let (host_type, uses) = host_type(text).unwrap();
        assert_eq!(host_type, "State<Imports>");
        assert_eq!(uses, ["use super::Imports;", "use crate::State;"]);
    }
}

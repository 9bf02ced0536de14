//! How a project already implements its interfaces, so that what it is told to
//! paste fits.

use super::paste::has_word;
use crate::wit::options::Place;
use std::fs;
use std::path::{Path, PathBuf};

/// The Rust files of a project, and the type that its host functions are on.
pub(super) struct Project {
    files: Vec<(PathBuf, String)>,
    /// The type that implements the `Host` traits, as it is written.
    pub(super) host_type: String,
    /// The `use` lines for the names in it.
    pub(super) uses: Vec<String>,
}

impl Project {
    pub(super) fn look(place: &Place) -> Project {
        let mut files = Vec::new();
        for dir in ["src", "tests", "examples", "benches"] {
            collect(&place.project, Path::new(dir), &mut files);
        }
        let found = files
            .iter()
            .filter(|(file, text)| file.starts_with("src") && text.contains("Host"))
            .find_map(|(_, text)| host_type(text));
        let (host_type, uses) = found.unwrap_or(("YourState".into(), Vec::new()));
        Project {
            files,
            host_type,
            uses,
        }
    }

    /// The file of an interface's implementation: the usual one, unless another
    /// file has it.
    pub(super) fn file_of(&self, module: &[String]) -> PathBuf {
        let Some(name) = module.last() else {
            return "src/imports/mod.rs".into();
        };
        let usual = PathBuf::from(format!("src/imports/{name}.rs"));
        if self.has(&usual) {
            return usual;
        }
        let path = format!("{}::", module.join("::"));
        let other = self.files.iter().find(|(file, text)| {
            file.starts_with("src") && text.contains(&path) && text.contains("Host for ")
        });
        other.map_or(usual, |(file, _)| file.clone())
    }

    pub(super) fn has(&self, file: &Path) -> bool {
        self.files.iter().any(|(other, _)| other == file)
    }

    /// Where the word is used: `file:line`.
    pub(super) fn places(&self, word: &str) -> Vec<String> {
        let mut places = Vec::new();
        for (file, content) in &self.files {
            for (i, line) in content.lines().enumerate() {
                if has_word(line, word) && !line.trim_start().starts_with("//") {
                    places.push(format!("{}:{}", file.display(), i + 1));
                }
            }
        }
        places
    }

    /// The line of a file that has the text, if any.
    pub(super) fn line(&self, file: &Path, text: &str) -> Option<String> {
        let (_, content) = self.files.iter().find(|(other, _)| other == file)?;
        let line = content.lines().find(|line| line.contains(text))?;
        Some(line.trim().to_string())
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
    let mut uses = Vec::new();
    for item in &file.items {
        if let syn::Item::Use(item) = item {
            let mut paths = Vec::new();
            flatten(&item.tree, String::new(), &mut paths);
            for path in paths {
                if names
                    .iter()
                    .any(|name| path.rsplit("::").next() == Some(name))
                {
                    uses.push(format!("use {path};"));
                }
            }
        }
    }
    Some((host_type, uses))
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

fn flatten(tree: &syn::UseTree, before: String, paths: &mut Vec<String>) {
    let join = |name: &syn::Ident| match before.as_str() {
        "" => name.to_string(),
        before => format!("{before}::{name}"),
    };
    match tree {
        syn::UseTree::Path(path) => flatten(&path.tree, join(&path.ident), paths),
        syn::UseTree::Name(name) => paths.push(join(&name.ident)),
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before.clone(), paths);
            }
        }
        syn::UseTree::Rename(_) | syn::UseTree::Glob(_) => {}
    }
}

fn collect(project: &Path, dir: &Path, files: &mut Vec<(PathBuf, String)>) {
    let mut entries: Vec<_> = fs::read_dir(project.join(dir))
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = dir.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(project, &path, files),
            Ok(_) if path.extension().is_some_and(|e| e == "rs") => {
                if let Ok(text) = fs::read_to_string(entry.path()) {
                    files.push((path, text));
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

//! Finding the `bindgen!` of a project.

use super::invocation::{Options, Place};
use super::parse;
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

impl Options {
    /// Finds the invocation that reads the directory `wit`: in `file`, when one
    /// is named, else in `src/bindings.rs` of the project around `wit`, else in
    /// any Rust file below its `src`. Without any, the options are those that a
    /// host with WASI starts from: async, trappable imports, and `wasi` from
    /// `wasmtime-wasi`.
    ///
    /// # Errors
    ///
    /// That a `file` is not there; [`Error::Options`]
    /// when the invocation found has a key that this version does not know.
    pub fn find(wit: &Path, file: Option<&Path>) -> Result<Options> {
        let project = project(file.unwrap_or(wit));
        if let Some(file) = file {
            let found = read(&project, file)?;
            return match found.len() {
                0 => Err(Error::Options {
                    path: file.into(),
                    message: "there is no bindgen!({ ... }) in it".into(),
                }),
                _ => Ok(choose(found, wit)),
            };
        }
        let usual = project.join("src/bindings.rs");
        let mut files = vec![usual];
        rust_files(&project.join("src"), &mut files);
        let mut refused = None;
        for file in files.iter().filter(|file| file.is_file()) {
            let found = read(&project, file).unwrap_or_else(|error| {
                refused.get_or_insert(error);
                Vec::new()
            });
            if let Some(options) = found.into_iter().find(|options| options.reads(wit)) {
                return Ok(options);
            }
        }
        match refused {
            Some(error) => Err(error),
            None => Ok(Options::usual(project)),
        }
    }

    fn reads(&self, wit: &Path) -> bool {
        let Ok(wit) = wit.canonicalize() else {
            return false;
        };
        let default = ["wit".to_string()];
        let paths = match &self.paths[..] {
            [] => &default[..],
            paths => paths,
        };
        let read = |path: &String| self.place.project.join(path).canonicalize();
        paths.iter().any(|path| read(path).is_ok_and(|p| p == wit))
    }
}

/// The one that reads this directory, else the first.
fn choose(mut found: Vec<Options>, wit: &Path) -> Options {
    let index = found.iter().position(|options| options.reads(wit));
    found.swap_remove(index.unwrap_or(0))
}

/// The nearest directory above with a `Cargo.toml`, else the directory around.
fn project(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut above = absolute.ancestors().skip(1);
    let around = above.clone().next().unwrap_or(&absolute);
    let found = above.find(|dir| dir.join("Cargo.toml").is_file());
    found.unwrap_or(around).to_path_buf()
}

/// Every invocation in a Rust file. A file that is not Rust has none, unless it
/// was asked for by name: rustc is the one to say what is wrong with it.
fn read(project: &Path, file: &Path) -> Result<Vec<Options>> {
    let text = fs::read_to_string(file).map_err(|error| Error::file(file, error))?;
    if !text.contains("bindgen!") {
        return Ok(Vec::new());
    }
    let relative = std::path::absolute(file)
        .ok()
        .and_then(|file| Some(file.strip_prefix(project).ok()?.to_path_buf()))
        .unwrap_or_else(|| file.to_path_buf());
    let fail = |message: String| Error::Options {
        path: file.into(),
        message,
    };
    let tree = syn::parse_file(&text).map_err(|error| fail(error.to_string()))?;
    let mut found = Vec::new();
    let root = module_of(&relative);
    invocations(&tree.items, &root, &mut |invocation, module| {
        let place = Place {
            project: project.to_path_buf(),
            file: relative.clone(),
            module: module.to_string(),
        };
        let parsed = parse::invocation(invocation, place);
        found.push(parsed.map_err(|error| fail(located(&text, &error)))?);
        Ok(())
    })?;
    Ok(found)
}

/// Calls `found` for every `bindgen!` among the items, with its module.
fn invocations(
    items: &[syn::Item],
    module: &str,
    found: &mut dyn FnMut(&syn::Macro, &str) -> Result<()>,
) -> Result<()> {
    for item in items {
        match item {
            syn::Item::Macro(item) => {
                let name = item.mac.path.segments.last();
                if name.is_some_and(|segment| segment.ident == "bindgen") {
                    found(&item.mac, module)?;
                }
            }
            syn::Item::Mod(item) => {
                if let Some((_, items)) = &item.content {
                    invocations(items, &format!("{module}::{}", item.ident), found)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The module of a file below `src`.
fn module_of(file: &Path) -> String {
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

/// The parser's message, with the line of the key it speaks of.
fn located(text: &str, error: &parse::Refused) -> String {
    let line = error.key.as_deref().and_then(|key| {
        let start = text.find("bindgen!")?;
        let at = start + text[start..].find(key)?;
        Some(text[..at].matches('\n').count() + 1)
    });
    match line {
        Some(line) => format!("line {line}: {}", error.message),
        None => error.message.clone(),
    }
}

fn rust_files(dir: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::module_of;
    use std::path::Path;

    #[test]
    fn a_file_is_a_module() {
        for (file, module) in [
            ("src/bindings.rs", "crate::bindings"),
            ("src/lib.rs", "crate"),
            ("src/host/mod.rs", "crate::host"),
            ("src/host/wit.rs", "crate::host::wit"),
        ] {
            assert_eq!(module_of(Path::new(file)), module);
        }
    }
}

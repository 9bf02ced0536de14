//! The options of a project's `bindgen!`, read from its Rust source, so that
//! what is said about the bindings holds for the bindings it has.

mod parse;

use super::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use wasmtime_internal_wit_bindgen::{FunctionConfig, FunctionFilter, FunctionFlags, Opts};

/// A `bindgen!` invocation.
#[derive(Clone, Debug)]
pub struct Options {
    /// The world that it names.
    pub world: Option<String>,
    /// The WIT paths that it names, relative to the project.
    pub paths: Vec<String>,
    /// The keys of `with`, as they are written.
    pub with: Vec<String>,
    /// The file and the module of the bindings.
    pub place: Place,
    /// What the generator gets.
    pub(super) generator: Opts,
    /// The rules of `imports` and `exports`, which the generator's own type does
    /// not give back.
    rules: [Rules; 2],
}

type Rules = Vec<(FunctionFilter, FunctionFlags)>;

/// Where the bindings are in a project.
#[derive(Clone, Debug)]
pub struct Place {
    /// The directory of `Cargo.toml`.
    pub project: PathBuf,
    /// The Rust file with the invocation, relative to the project.
    pub file: PathBuf,
    /// The module of the bindings, such as `crate::bindings`.
    pub module: String,
}

impl Options {
    /// Finds the invocation that reads the directory `wit`: in `file`, when one
    /// is named, else in `src/bindings.rs` of the project around `wit`, else in
    /// any Rust file below its `src`. Without any, the options are those that a
    /// host with WASI starts from: async, trappable imports, and `wasi` from
    /// `wasmtime-wasi`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a `file` that is not there; [`Error::Options`]
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

    /// What a project without a `bindgen!` is taken to want.
    fn usual(project: PathBuf) -> Options {
        let mut generator = Opts::default();
        let wasi = ("wasi".into(), "wasmtime_wasi::p2::bindings".into());
        generator.with.extend([wasi]);
        let rules = |flags| vec![(FunctionFilter::Default, flags)];
        let imports = rules(FunctionFlags::ASYNC | FunctionFlags::TRAPPABLE);
        let exports = rules(FunctionFlags::ASYNC);
        let mut options = Options {
            world: None,
            paths: Vec::new(),
            with: Vec::new(),
            place: Place {
                project,
                file: "src/bindings.rs".into(),
                module: "crate::bindings".into(),
            },
            generator,
            rules: [imports, exports],
        };
        options.apply_rules();
        options
    }

    fn apply_rules(&mut self) {
        let config = |rules: &Rules| {
            let mut config = FunctionConfig::new();
            for (filter, flags) in rules {
                config.push(filter.clone(), *flags);
            }
            config
        };
        self.generator.imports = config(&self.rules[0]);
        self.generator.exports = config(&self.rules[1]);
    }

    /// Drops what the generator's message names as unused, and returns it.
    pub(super) fn drop_unmatched(&mut self, message: &str) -> Vec<String> {
        let named = |key: &String| {
            message.contains(&format!("\"{key}\"")) || message.contains(&format!("\\\"{key}\\\""))
        };
        let mut dropped = Vec::new();
        if message.contains("`with`") {
            self.generator.with.retain(|key, _| {
                !named(key) || {
                    dropped.push(key.clone());
                    false
                }
            });
        } else {
            for rules in &mut self.rules {
                rules.retain(|(filter, _)| match filter {
                    FunctionFilter::Name(key) if named(key) => {
                        dropped.push(key.clone());
                        false
                    }
                    _ => true,
                });
            }
            self.apply_rules();
        }
        dropped.sort();
        dropped
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
    let text = fs::read_to_string(file).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::NotFound { path: file.into() },
        _ => Error::File {
            path: file.into(),
            source,
        },
    })?;
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

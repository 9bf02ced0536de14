//! The code around a `bindgen!`: its crate, and every other one that may name what it
//! makes.

use super::file::File;
use super::names::Names;
use crate::bindgens::Place;
use crate::project::{Member, Modules, Project};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// All that can name the bindings.
pub(crate) struct Code {
    crates: Vec<Krate>,
    pub(crate) files: Vec<File>,
    /// The crate of the bindings.
    home: usize,
    /// The path of their module.
    module: Vec<String>,
    /// The modules and types that were generated.
    generated: Generated,
}

/// Every path of modules and types below the bindings.
type Generated = BTreeSet<Vec<String>>;

struct Krate {
    package: PathBuf,
    root: Option<PathBuf>,
    /// What other crates call it, if it is a library.
    name: Option<String>,
    modules: BTreeMap<String, Names>,
}

/// A place in code, from which a path leads somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    krate: usize,
    pub(crate) module: String,
    /// Whether the bindings are in the function around.
    inside: bool,
}

impl Spot {
    /// Within the function that the bindings are in, or not.
    pub(crate) fn within(self, inside: bool) -> Spot {
        Spot { inside, ..self }
    }
}

/// How many names may stand for each other in a row.
const FUEL: u32 = 24;

impl Code {
    pub(crate) fn around(place: &Place, generated: Generated) -> Code {
        let project = Project::around(&place.package).ok().flatten();
        let alone = Project::bare(&place.package);
        let members = project.iter().chain(&alone).flat_map(Project::members);
        let mut code = Code {
            crates: Vec::new(),
            files: Vec::new(),
            home: usize::MAX,
            module: place.module.split("::").map(String::from).collect(),
            generated,
        };
        let mut seen = BTreeSet::new();
        for member in members {
            if seen.insert(member.dir.clone()) {
                code.package(member, place);
            }
        }
        code.home = code.krate(&place.package, place.root.clone(), &place.krate);
        code
    }

    fn package(&mut self, member: &Member, place: &Place) {
        let own = member.dir == place.package;
        let named = format!("{}::", place.krate);
        let mut files = Vec::new();
        for path in member.files() {
            if let Ok(text) = fs::read_to_string(member.dir.join(&path)) {
                files.push((path, text));
            }
        }
        let others = !place.krate.is_empty() && files.iter().any(|(_, text)| text.contains(&named));
        if !own && !others {
            return;
        }
        let modules = Modules::of(member);
        for (path, text) in files {
            let module = modules.of_file(&path);
            let krate = self.krate(&member.dir, module.root, &member.krate);
            let tree = syn::parse_file(&text).ok();
            if let Some(tree) = &tree {
                self.crates[krate].add(&module.path, &tree.items);
            }
            self.files.push(File {
                package: member.dir.clone(),
                path,
                text,
                tree,
                krate,
                module: module.path,
            });
        }
    }

    /// The crate of a package that begins with this file.
    fn krate(&mut self, package: &PathBuf, root: Option<PathBuf>, name: &str) -> usize {
        let is_it = |krate: &Krate| krate.package == *package && krate.root == root;
        if let Some(found) = self.crates.iter().position(is_it) {
            return found;
        }
        let library = root
            .as_ref()
            .is_some_and(|root| root.file_name().is_some_and(|name| name == "lib.rs"));
        self.crates.push(Krate {
            package: package.clone(),
            root,
            name: (library && !name.is_empty()).then(|| name.to_string()),
            modules: BTreeMap::new(),
        });
        self.crates.len() - 1
    }

    /// A place in a file, within modules of its own.
    pub(crate) fn spot(&self, file: &File, modules: &[String]) -> Spot {
        let path = [std::slice::from_ref(&file.module), modules].concat();
        Spot {
            krate: file.krate,
            module: path.join("::"),
            inside: false,
        }
    }

    /// The place of the bindings.
    pub(crate) fn home(&self) -> Spot {
        Spot {
            krate: self.home,
            module: self.module.join("::"),
            inside: false,
        }
    }

    /// The names of the module around a spot.
    pub(crate) fn names(&self, spot: &Spot) -> Option<&Names> {
        self.crates.get(spot.krate)?.modules.get(&spot.module)
    }

    /// The names of a module of the bindings' own crate.
    pub(crate) fn names_of(&self, module: &str) -> Option<&Names> {
        self.crates.get(self.home)?.modules.get(module)
    }

    /// Whether a file is of the bindings' own crate, or of none.
    pub(crate) fn is_home(&self, file: &File) -> bool {
        file.krate == self.home
    }

    /// What of the bindings a path leads to.
    pub(crate) fn below(&self, spot: &Spot, path: &[String]) -> Option<Vec<String>> {
        if spot.inside && self.generated.contains(&path[..1.min(path.len())]) {
            return Some(path.to_vec());
        }
        let whole = self.home_path(spot, path)?;
        whole.strip_prefix(&self.module[..]).map(<[String]>::to_vec)
    }

    /// The whole path in the bindings' own crate, if it leads there.
    pub(crate) fn home_path(&self, spot: &Spot, path: &[String]) -> Option<Vec<String>> {
        let (krate, whole) = self.canonical(spot.krate, &spot.module, path, None, FUEL)?;
        (krate == Some(self.home)).then_some(whole)
    }

    /// The whole path, as it holds anywhere in the crate of the spot.
    pub(crate) fn whole(&self, spot: &Spot, path: &[String]) -> Vec<String> {
        match self.canonical(spot.krate, &spot.module, path, None, FUEL) {
            Some((Some(krate), mut whole)) if krate != spot.krate => {
                match (&self.crates[krate].name, whole.first_mut()) {
                    (Some(name), Some(first)) => {
                        first.clone_from(name);
                        whole
                    }
                    _ => path.to_vec(),
                }
            }
            Some((_, whole)) => whole,
            None => path.to_vec(),
        }
    }

    fn canonical(
        &self,
        krate: usize,
        module: &str,
        path: &[String],
        skip: Option<&str>,
        fuel: u32,
    ) -> Option<(Option<usize>, Vec<String>)> {
        let fuel = fuel.checked_sub(1)?;
        let (first, rest) = path.split_first()?;
        let here: Vec<String> = module.split("::").map(String::from).collect();
        match first.as_str() {
            "crate" => return self.down(krate, vec!["crate".into()], rest, fuel),
            "self" => return self.down(krate, here, rest, fuel),
            "super" => {
                let above = here.split_last()?.1.to_vec();
                return match rest.first().map(String::as_str) {
                    Some("super") => self.canonical(krate, &above.join("::"), rest, None, fuel),
                    _ => self.down(krate, above, rest, fuel),
                };
            }
            name => {
                if skip != Some(name)
                    && let Some(found) = self.step(krate, &here, name, rest, fuel)
                {
                    return found;
                }
            }
        }
        let named = |other: &Krate| other.name.as_deref() == Some(first.as_str());
        match self.crates.iter().position(named) {
            Some(other) => self.down(other, vec!["crate".into()], rest, fuel),
            None => Some((None, path.to_vec())),
        }
    }

    /// Goes on from a module by names that are in it.
    fn down(
        &self,
        krate: usize,
        mut at: Vec<String>,
        rest: &[String],
        fuel: u32,
    ) -> Option<(Option<usize>, Vec<String>)> {
        for (i, name) in rest.iter().enumerate() {
            if let Some(found) = self.step(krate, &at, name, &rest[i + 1..], fuel) {
                return found;
            }
            at.push(name.clone());
        }
        Some((Some(krate), at))
    }

    /// From a module to what one name in it means, and on. None when the module has no
    /// such name.
    #[allow(
        clippy::type_complexity,
        reason = "the answer may be that there is no end"
    )]
    fn step(
        &self,
        krate: usize,
        at: &[String],
        name: &str,
        rest: &[String],
        fuel: u32,
    ) -> Option<Option<(Option<usize>, Vec<String>)>> {
        let module = at.join("::");
        let names = self.crates.get(krate)?.modules.get(&module)?;
        if let Some(target) = names.uses.get(name) {
            let whole = [target, rest].concat();
            return Some(self.canonical(krate, &module, &whole, Some(name), fuel));
        }
        let own = names.modules.contains_key(name) || names.items.contains(name);
        if own || self.is_generated(krate, at, name) {
            let at = [at, &[name.to_string()]].concat();
            return Some(self.down(krate, at, rest, fuel));
        }
        names.globs.iter().find_map(|glob| {
            let (other, base) = self.canonical(krate, &module, glob, None, fuel.checked_sub(1)?)?;
            let other = other?;
            let known = self.crates[other].modules.get(&base.join("::"));
            let has = known.is_some_and(|known| known.has(name));
            (has || self.is_generated(other, &base, name)).then(|| {
                self.down(
                    other,
                    base.clone(),
                    &[&[name.to_string()], rest].concat(),
                    fuel,
                )
            })
        })
    }

    fn is_generated(&self, krate: usize, at: &[String], name: &str) -> bool {
        let Some(below) = at.strip_prefix(&self.module[..]) else {
            return false;
        };
        let path = [below, &[name.to_string()]].concat();
        krate == self.home && self.generated.contains(&path)
    }
}

impl Krate {
    fn add(&mut self, module: &str, items: &[syn::Item]) {
        self.modules.insert(module.to_string(), Names::of(items));
        for item in items {
            if let syn::Item::Mod(item) = item
                && let Some((_, items)) = &item.content
            {
                self.add(&format!("{module}::{}", item.ident), items);
            }
        }
    }
}

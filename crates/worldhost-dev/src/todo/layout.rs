//! Where in a project the implementation of an interface is, or is to be.

use super::host::{Host, Impl, On};
use super::own::{Own, declared};
use super::sides::Sides;
use crate::api::Api;
use crate::bindgens::Place;
use crate::krate::{Code, File};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How a project lays its implementations out.
pub(super) struct Layout {
    /// What its host functions are on.
    pub(super) on: On,
    /// For traits with a store.
    pub(super) on_store: On,
    pub(super) shape: Shape,
}

/// Where a new interface goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A file of its own in this directory; the module that it is in has this file.
    Files { dir: PathBuf, around: PathBuf },
    /// The one file that has them all.
    One(PathBuf),
    /// Nothing is there yet: files of their own, with one around them that is to be
    /// written too, as a module beside the bindings.
    New {
        dir: PathBuf,
        around: PathBuf,
        /// The file that is to declare it.
        parent: Option<PathBuf>,
        /// Its path.
        module: Vec<String>,
    },
    /// Beside the bindings, which are in a function.
    Function(PathBuf),
}

impl Layout {
    pub(super) fn of(code: &Code, host: &Host, place: &Place, own: Option<&Own>) -> Layout {
        let stores = |one: &&Impl| one.name.ends_with("WithStore");
        let plain = most(host.impls.iter().filter(|one| !stores(one)));
        let on = plain
            .or_else(|| own.map(|own| own.on.clone()))
            .or_else(|| declared(code, place))
            .unwrap_or_else(|| usual(place));
        let store = most(host.impls.iter().filter(stores));
        let on_store = store.unwrap_or_else(|| has_self(&on));
        Layout {
            on,
            on_store,
            shape: shape(code, host, place),
        }
    }

    /// The file of a new interface, by the name of its module.
    pub(super) fn file(&self, stem: &str) -> PathBuf {
        match &self.shape {
            Shape::Files { dir, .. } | Shape::New { dir, .. } => dir.join(format!("{stem}.rs")),
            Shape::One(file) | Shape::Function(file) => file.clone(),
        }
    }
}

/// The type that most implementations are on; of as many, the first.
fn most<'a>(impls: impl Iterator<Item = &'a Impl>) -> Option<On> {
    let mut counts: Vec<(&On, usize)> = Vec::new();
    for one in impls.filter(|one| !one.on.ty.starts_with('&')) {
        match counts.iter_mut().find(|(on, _)| **on == one.on) {
            Some((_, count)) => *count += 1,
            None => counts.push((&one.on, 1)),
        }
    }
    let (first, rest) = counts.split_first()?;
    let most = rest
        .iter()
        .fold(first, |most, one| if one.1 > most.1 { one } else { most });
    Some(most.0.clone())
}

/// The type that a project without any is to have.
pub(super) const YOURS: &str = "YourState";

fn usual(place: &Place) -> On {
    let mut names = BTreeMap::new();
    if place.function.is_none() {
        let path = beside(place).into_iter().chain([YOURS.to_string()]);
        names.insert(YOURS.to_string(), path.collect());
    }
    On {
        ty: YOURS.into(),
        names,
        ..On::default()
    }
}

fn has_self(on: &On) -> On {
    let mut on = on.clone();
    on.ty = format!("HasSelf<{}>", on.ty);
    on.generics = match on.generics.as_str() {
        "" => "<T: Send>".to_string(),
        generics => generics.replacen('<', "<T: Send, ", 1),
    };
    on.arguments = "<T>".into();
    let path = ["wasmtime", "component", "HasSelf"].map(String::from);
    on.names.insert("HasSelf".into(), path.to_vec());
    on
}

fn shape(code: &Code, host: &Host, place: &Place) -> Shape {
    if place.function.is_some() {
        return Shape::Function(place.file.clone());
    }
    let home = |file: usize| {
        let file = &code.files[file];
        (file.package == place.package && code.is_home(file)).then_some(file)
    };
    let own = |one: &&Impl| {
        let stem = home(one.file).and_then(|file| file.path.file_stem());
        let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
        stem.is_some() && stem.as_ref() == one.module.last()
    };
    if let Some(one) = host.impls.iter().find(own) {
        let file = &code.files[one.file];
        let dir = file.path.parent().unwrap_or(Path::new("")).to_path_buf();
        let around = around(code, place, &file.module);
        return Shape::Files { dir, around };
    }
    let files: BTreeSet<&Path> = host
        .impls
        .iter()
        .filter_map(|one| Some(home(one.file)?.path.as_path()))
        .collect();
    let linked = host.links.iter().find_map(|link| home(link.file));
    match (files.len(), linked) {
        (1, _) => Shape::One(
            files
                .into_iter()
                .next()
                .unwrap_or(Path::new(""))
                .to_path_buf(),
        ),
        (_, Some(file)) => Shape::Files {
            dir: below(&file.path),
            around: file.path.clone(),
        },
        _ => new(code, place),
    }
}

/// The module of what a project without any implementation is to have.
fn beside(place: &Place) -> Vec<String> {
    let mut path: Vec<String> = place.module.split("::").map(String::from).collect();
    if path.len() > 1 {
        path.pop();
    }
    path.push("imports".into());
    path
}

fn new(code: &Code, place: &Place) -> Shape {
    let module = beside(place);
    let parent = module[..module.len() - 1].join("::");
    let mut files = code.files.iter();
    let parent = files
        .find(|file| file.package == place.package && code.is_home(file) && file.module == parent);
    let dir = match parent {
        Some(file) => below(&file.path),
        None => place.file.parent().unwrap_or(Path::new("")).to_path_buf(),
    };
    let dir = dir.join("imports");
    let around = dir.join("mod.rs");
    let is_it = |file: &File| file.package == place.package && file.path == around;
    match code.files.iter().any(is_it) {
        true => Shape::Files { dir, around },
        false => Shape::New {
            parent: parent.map(|file| file.path.clone()),
            dir,
            around,
            module,
        },
    }
}

/// The file of the module around a module.
fn around(code: &Code, place: &Place, module: &str) -> PathBuf {
    let above = module.rsplit_once("::").map_or("crate", |(above, _)| above);
    let is_it =
        |file: &&File| file.package == place.package && code.is_home(file) && file.module == above;
    let found = code.files.iter().find(is_it);
    found.map_or_else(|| place.file.clone(), |file| file.path.clone())
}

/// Where the modules of a module are that has this file.
fn below(file: &Path) -> PathBuf {
    let dir = file.parent().unwrap_or(Path::new(""));
    match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") | None => dir.to_path_buf(),
        Some(stem) => dir.join(stem),
    }
}

/// The name of an interface's file: its own, with as much of its package before it as
/// tells it from others of the world.
pub(super) fn stem(api: &Api, module: &[String]) -> String {
    let traits = api.traits();
    let others: BTreeSet<&Vec<String>> = traits
        .iter()
        .map(|one| &one.module)
        .filter(|other| *other != module)
        .collect();
    for parts in 1..=module.len() {
        let tail = &module[module.len() - parts..];
        if others.iter().all(|other| !other.ends_with(tail)) {
            return tail.join("_");
        }
    }
    module.join("_")
}

/// The path of a module in the bindings' own crate.
pub(super) fn module_of(sides: &Sides<'_>, layout: &Layout, stem: &str) -> Vec<String> {
    let around = match &layout.shape {
        Shape::Files { around, .. } => around,
        Shape::New { module, .. } => {
            return module.iter().cloned().chain([stem.to_string()]).collect();
        }
        Shape::One(file) | Shape::Function(file) => {
            return module_of_file(sides, file);
        }
    };
    let mut path = module_of_file(sides, around);
    path.push(stem.to_string());
    path
}

fn module_of_file(sides: &Sides<'_>, path: &Path) -> Vec<String> {
    let package = &sides.place().package;
    let is_it = |file: &&File| file.package == *package && file.path == path;
    let found = sides.code.files.iter().find(is_it);
    let module = found.map_or("crate::imports", |file| file.module.as_str());
    module.split("::").map(String::from).collect()
}

//! All the WIT that a host offers: its project's, and WASI's.

use crate::error::{Error, Result};
use crate::names::InterfaceName;
use crate::parse::{everything, push};
use crate::sources::Sources;
use crate::wasi;
use crate::world::{World, full_name};
use std::collections::BTreeMap;
use std::sync::Arc;
use wit_parser::{PackageId, Resolve, UnresolvedPackageGroup, WorldId};

/// All the WIT that a host offers: that of its project, and the WASI that Wasmtime
/// links. It is text: whether an interface is really linked is for the linker to say.
#[derive(Clone, Debug)]
pub struct Offer {
    resolve: Arc<Resolve>,
    /// The project's own package.
    project: Option<PackageId>,
}

impl Offer {
    /// Reads the files of a project's WIT directory: for each its path and its text, as
    /// in `("wit/world.wit", "package ...")`. What is below `deps/` are packages that
    /// the project depends on, each in a directory or a file of its own; the package
    /// around is the project's. With no files there is WASI alone.
    ///
    /// A package of WASI in these files stands in for the one in this library.
    ///
    /// # Errors
    ///
    /// [`Error::Parse`](crate::Error::Parse).
    pub fn new(files: &[(&str, &str)]) -> Result<Offer> {
        // Without the WASI in this library when the project has replaced what it builds
        // on: its text is a convenience.
        Offer::read(files, true).or_else(|error| match files {
            [] => Err(error),
            files => Offer::read(files, false).map_err(|_| error),
        })
    }

    fn read(files: &[(&str, &str)], with_wasi: bool) -> Result<Offer> {
        let (main, mut packages) = project(files)?;
        for &(path, text) in wasi::FILES.iter().filter(|_| with_wasi) {
            let mut sources = Sources::default();
            sources.push(path, text.into());
            let package = sources.parse()?;
            let mut known = packages.iter().chain(&main);
            if known.all(|known| known.main.name != package.main.name) {
                packages.push(package);
            }
        }
        let is_project = main.is_some();
        let mut resolve = everything();
        let first = match main {
            Some(main) => main,
            None => packages.remove(0),
        };
        let id = push(&mut resolve, first, packages)?;
        Ok(Offer {
            resolve: Arc::new(resolve),
            project: is_project.then_some(id),
        })
    }

    /// A world by its name: `plugin` of the project, `wasi:cli/command`, or
    /// `wasi:cli/command@0.2.12`. Without a version, the oldest that there is.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownWorld`] when there is none of the name.
    pub fn world(&self, name: &str) -> Result<World> {
        self.find(name, |id| {
            let full = InterfaceName::parse(full_name(&self.resolve, id));
            full.as_str() == name || full.base() == name || self.is_own(id, name)
        })
    }

    /// A world of the project's own package, by its name as `bindgen!` takes it:
    /// `plugin`, or with the package, `worldhost:plugin/plugin`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownWorld`] when there is none of the name.
    pub fn project_world(&self, name: &str) -> Result<World> {
        self.find(name, |id| {
            let world = &self.resolve.worlds[id];
            let full = InterfaceName::parse(full_name(&self.resolve, id));
            let named = full.as_str() == name || full.base() == name;
            self.is_own(id, name) || (named && world.package == self.project)
        })
    }

    fn find(&self, name: &str, is_meant: impl Fn(WorldId) -> bool) -> Result<World> {
        let worlds = self.resolve.worlds.iter().map(|(id, _)| id);
        let version = |id: &WorldId| {
            let package = self.resolve.worlds[*id].package?;
            self.resolve.packages[package].name.version.clone()
        };
        match worlds.filter(|id| is_meant(*id)).min_by_key(version) {
            Some(id) => Ok(World::new(self.resolve.clone(), id)),
            None => Err(Error::UnknownWorld {
                wanted: name.to_string(),
                message: format!("there are {}", self.known()),
            }),
        }
    }

    fn is_own(&self, id: WorldId, name: &str) -> bool {
        let world = &self.resolve.worlds[id];
        self.project.is_some() && world.package == self.project && world.name == name
    }

    /// The worlds that somebody might mean, the project's first.
    fn known(&self) -> String {
        let worlds = || {
            let worlds = self.resolve.worlds.iter();
            worlds.filter(|(_, world)| !world.exports.is_empty())
        };
        let is_own = |world: &wit_parser::World| world.package == self.project;
        let own = worlds().filter(|(_, world)| is_own(world));
        let others = worlds().filter(|(_, world)| !is_own(world));
        let names: Vec<String> = own
            .map(|(_, world)| world.name.clone())
            .chain(others.map(|(id, _)| full_name(&self.resolve, id)))
            .collect();
        names.join(", ")
    }

    /// All of it.
    pub fn resolve(&self) -> &Resolve {
        &self.resolve
    }

    /// The names of all interfaces.
    pub fn interfaces(&self) -> impl Iterator<Item = InterfaceName> + '_ {
        let interfaces = self.resolve.interfaces.iter();
        let names = interfaces.filter_map(|(id, _)| self.resolve.id_of(id));
        names.map(InterfaceName::from)
    }
}

/// The project's own package, and those in `deps/`.
fn project(
    files: &[(&str, &str)],
) -> Result<(Option<UnresolvedPackageGroup>, Vec<UnresolvedPackageGroup>)> {
    let mut main: BTreeMap<&str, Sources> = BTreeMap::new();
    let mut deps: BTreeMap<&str, Sources> = BTreeMap::new();
    for &(path, text) in files {
        let (dir, _) = path.rsplit_once('/').unwrap_or(("", path));
        let sources = match path.split('/').skip_while(|part| *part != "deps").nth(1) {
            Some(package) => deps.entry(package).or_default(),
            None => main.entry(dir).or_default(),
        };
        sources.push(path, text.into());
    }
    // What lies deeper than the package, such as old releases, is not of it.
    let shallow = |dir: &&str| dir.matches('/').count();
    let own = main.keys().copied().min_by_key(shallow);
    let main = own
        .and_then(|dir| main.remove(dir))
        .map(Sources::parse)
        .transpose()?;
    let deps: Result<Vec<_>> = deps.into_values().map(Sources::parse).collect();
    Ok((main, deps?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORLD: (&str, &str) = (
        "wit/world.wit",
        "package acme:shop@1.0.0;\nworld shop { include wasi:cli/imports@0.2.12; export run: func(); }",
    );

    fn packages(offer: &Offer) -> Vec<String> {
        let packages = offer.resolve().packages.iter();
        let mut names: Vec<String> = packages.map(|(_, p)| p.name.to_string()).collect();
        names.sort();
        names
    }

    #[test]
    fn wasi_is_there_without_a_project() {
        let offer = Offer::new(&[]).unwrap();
        assert_eq!(packages(&offer).len(), wasi::FILES.len());
        let command = offer.world("wasi:cli/command").unwrap();
        assert_eq!(command.name(), "wasi:cli/command@0.2.12");
        let command = offer.world("wasi:cli/command@0.3.0").unwrap();
        assert_eq!(command.name(), "wasi:cli/command@0.3.0");
        let error = offer.world("shop").unwrap_err().to_string();
        assert!(
            error.starts_with("there is no world shop: there are wasi:"),
            "{error}"
        );
    }

    #[test]
    fn every_text_of_wasi_is_of_the_release_that_its_name_says() {
        for (path, text) in wasi::FILES {
            let name = path
                .strip_prefix("wasi/")
                .and_then(|p| p.strip_suffix(".wit"));
            let (name, version) = name.unwrap().split_once('-').unwrap();
            assert!([wasi::WASI_P2, wasi::WASI_P3].contains(&version), "{path}");
            assert!(
                text.starts_with(&format!("package wasi:{name}@{version};")),
                "{path}"
            );
        }
    }

    #[test]
    fn the_project_s_own_world_is_found_by_its_name() {
        let offer = Offer::new(&[WORLD]).unwrap();
        for name in ["shop", "acme:shop/shop", "acme:shop/shop@1.0.0"] {
            assert_eq!(offer.world(name).unwrap().name(), "acme:shop/shop@1.0.0");
            let own = offer.project_world(name).unwrap();
            assert_eq!(own.name(), "acme:shop/shop@1.0.0");
        }
        assert!(offer.project_world("wasi:cli/command").is_err());
        let error = offer.world("shp").unwrap_err().to_string();
        assert!(error.contains("there are shop, wasi:"), "{error}");
    }

    #[test]
    fn the_project_s_packages_have_the_last_word() {
        let io = "package wasi:random@0.2.12;\ninterface other { f: func(); }";
        let files = [
            WORLD,
            ("wit/deps/random.wit", io),
            (
                "wit/deps/acme-tools/package.wit",
                "package acme:tools@0.1.0;",
            ),
            ("wit/released/0.1.0.wit", "package acme:shop@0.1.0;"),
        ];
        // wasi:cli needs more of wasi:random than is left of it.
        assert!(matches!(Offer::new(&files), Err(Error::Parse { .. })));
        let files = [
            ("wit/world.wit", "package acme:shop@1.0.0;\nworld shop {}"),
            files[1],
            files[2],
            files[3],
        ];
        let offer = Offer::new(&files).unwrap();
        assert_eq!(
            packages(&offer),
            ["acme:shop@1.0.0", "acme:tools@0.1.0", "wasi:random@0.2.12"]
        );
        let names: Vec<String> = offer.interfaces().map(|name| name.to_string()).collect();
        assert_eq!(names, ["wasi:random/other@0.2.12"]);
    }
}

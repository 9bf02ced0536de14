//! A project on disk, whose to-do list is done as it is written.

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use worldhost_dev::{Bindgen, Review, Todo, Transaction};
use worldhost_wit::{Dated, Diff, Wit, worlds};

pub struct Project(TempDir);

impl Project {
    /// A host with one interface, as the template has it.
    pub fn new(files: &[(&str, &str)]) -> Project {
        let project = Project(TempDir::new().unwrap());
        for (path, text) in TEMPLATE.iter().chain(files) {
            project.write(path, text);
        }
        project
    }

    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn read(&self, path: impl AsRef<Path>) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub fn write(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Edits wit/, and says what that leaves to do.
    pub fn review(&self, edit: impl FnOnce(&Project)) -> Review {
        let dir = self.path("wit");
        let old = Wit::from_path(&dir).unwrap();
        edit(self);
        let new = Wit::from_path(&dir).unwrap();
        let bindgen = self.bindgen();
        let (old_world, new_world) = worlds(&old, &new, bindgen.world.as_deref()).unwrap();
        let dated = |wit, world| Dated { wit, world };
        let (old, new) = (dated(&old, old_world), dated(&new, new_world));
        Review::of(Diff::between(old, new), old, new, Some(&bindgen)).unwrap()
    }

    /// The one that it has.
    pub fn bindgen(&self) -> Bindgen {
        let project = worldhost_dev::Project::around(&self.path("")).unwrap();
        let found = worldhost_dev::find(&project.unwrap()).unwrap();
        found.bindgens.into_iter().next().unwrap()
    }

    /// Does what the list says, and nothing else.
    pub fn apply(&self, review: &Review) {
        let changes = Todo::changes(&[review.todo.as_ref().unwrap()]).unwrap();
        let transaction = Transaction::begin(&self.path("")).unwrap();
        transaction.commit(&changes).unwrap();
    }
}

const TEMPLATE: &[(&str, &str)] = &[
    ("Cargo.toml", "[package]\nname = \"plugin\"\n"),
    (
        "wit/world.wit",
        "package acme:plugin@0.1.0;

world plugin {
  import host;
  export process: func(input: string) -> string;
}
",
    ),
    (
        "wit/host.wit",
        "package acme:plugin@0.1.0;

interface host {
  log: func(msg: string);
}
",
    ),
    ("src/main.rs", "mod bindings;\nmod imports;\n"),
    (
        "src/bindings.rs",
        "wasmtime::component::bindgen!({
    path: \"wit\",
    world: \"plugin\",
    imports: { default: async | trappable },
    exports: { default: async },
    with: {
    },
});
",
    ),
    (
        "src/imports/mod.rs",
        "mod host;

use crate::bindings::acme::plugin as wit;
use wasmtime::component::{HasSelf, Linker};
use worldhost::State;

pub use host::Log;

#[derive(Default)]
pub struct Imports {
    pub log: Log,
}

pub fn add_to_linker(linker: &mut Linker<State<Imports>>) -> wasmtime::Result<()> {
    wit::host::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    Ok(())
}
",
    ),
    (
        "src/imports/host.rs",
        "//! `acme:plugin/host`, declared in `wit/host.wit`.

use super::Imports;
use crate::bindings::acme::plugin::host::Host;
use worldhost::State;

impl Host for State<Imports> {
    async fn log(&mut self, msg: String) -> wasmtime::Result<()> {
        let _ = (&self.data().log, msg);
        Ok(())
    }
}

#[derive(Default)]
pub struct Log {}
",
    ),
];

//! A project on disk, whose to-do list is done as it is written.

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use worldhost_dev::{Bindgen, FileAction, FileWork, Line, Review};
use worldhost_wit::{Dated, Wit, worlds};

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
        Review::between(
            dated(&old, old_world),
            dated(&new, new_world),
            Some(&bindgen),
        )
        .unwrap()
    }

    /// The one that it has.
    pub fn bindgen(&self) -> Bindgen {
        let project = worldhost_dev::Project::around(&self.path("")).unwrap();
        let found = worldhost_dev::find(&project.unwrap()).unwrap();
        found.bindgens.into_iter().next().unwrap()
    }

    /// Does what the list says, and nothing else.
    pub fn apply(&self, review: &Review) {
        let todo = review.todo.as_ref().unwrap();
        for work in &todo.files {
            self.work(work);
        }
        let mut at = None;
        for line in &todo.lines {
            at = self.line(line, at);
        }
    }

    fn work(&self, work: &FileWork) {
        let paste = work.paste.clone().unwrap_or_default();
        match &work.action {
            FileAction::Create => {
                assert!(!self.path(&work.file).exists(), "{:?} is there", work.file);
                self.write(&work.file, &paste);
            }
            FileAction::Edit => self.edit(&work.file, &paste),
            FileAction::Delete => fs::remove_file(self.path(&work.file)).unwrap(),
            FileAction::Move(from) => {
                fs::rename(self.path(from), self.path(&work.file)).unwrap();
            }
        }
    }

    /// Pastes: uses to the front, what is for an implementation into it, the rest behind.
    fn edit(&self, file: &Path, paste: &str) {
        let mut text = self.read(file);
        let mut into: Option<String> = None;
        for line in paste.lines() {
            let heading = line
                .strip_prefix("// into `")
                .and_then(|l| l.strip_suffix('`'));
            if let Some(head) = heading {
                into = Some(format!("{head} {{\n"));
            } else if line.starts_with("use ") {
                let at = text.find("\nuse ").unwrap() + 1;
                text.insert_str(at, &format!("{line}\n"));
            } else if let Some(head) = into.clone().filter(|_| !line.starts_with("impl")) {
                let at = text.find(&head).expect(&head) + head.len();
                text.insert_str(at, &format!("{line}\n"));
                into = Some(format!("{head}{line}\n"));
            } else {
                into = None;
                text += &format!("{line}\n");
            }
        }
        self.write(file, &text);
    }

    /// Takes a line away, or puts one where it belongs: in the place of the one that
    /// went before, which is the result.
    fn line(&self, line: &Line, at: Option<usize>) -> Option<usize> {
        let text = self.read(&line.file);
        let mut lines: Vec<String> = text.lines().map(String::from).collect();
        let mut result = None;
        if line.remove {
            let is_it = |other: &&String| other.trim() == line.line;
            let found = lines.iter().position(|other| is_it(&other));
            let found = found.unwrap_or_else(|| panic!("`{}` is not in\n{text}", line.line));
            lines.remove(found);
            result = Some(found);
        } else if let Some(at) = at {
            lines.insert(at, line.line.clone());
        } else if line.line.ends_with("// into `with` of bindgen!") {
            let at = lines.iter().position(|other| other.contains("with: {"));
            lines.insert(at.unwrap() + 1, line.line.clone());
        } else if line.line.contains("mod ") {
            let at = lines.iter().position(|other| other.starts_with("use "));
            lines.insert(at.unwrap(), line.line.clone());
        } else {
            let at = lines.iter().position(|other| other.trim() == "Ok(())");
            lines.insert(at.unwrap(), line.line.clone());
        }
        self.write(&line.file, &(lines.join("\n") + "\n"));
        result
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

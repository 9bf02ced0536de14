//! A host that is made, and changed by what it is told to do.

use crate::random::{Interface, Model, Random, changed};
use std::fs;
use std::path::{Path, PathBuf};
use worldhost_dev::{Options, Review, Subject, Todo, Transaction, Wanted, bindings, subjects};
use worldhost_wit::{Dated, Diff, Wit, worlds};

pub struct Host {
    n: usize,
    seed: u64,
    model: Option<Model>,
    /// Which imports it has from the beginning.
    layout: u64,
    options: String,
    /// What has been done to it, for whoever looks for a fault.
    pub story: Vec<String>,
    /// How many bodies somebody has written.
    pub bodies: usize,
}

const OPTIONS: [&str; 6] = [
    "imports: { default: async | trappable }, exports: { default: async },",
    "",
    "imports: { default: trappable },",
    "imports: { default: async },\n    with: {\n    },",
    "imports: { default: async | store | trappable }, exports: { default: async | store },",
    "additional_derives: [PartialEq],\n    imports: { default: async | trappable }",
];

/// The interface that a host of some layouts has from the beginning.
fn base() -> Interface {
    Interface {
        name: "base".into(),
        functions: vec![Default::default()],
        ..Interface::default()
    }
}

impl Host {
    /// A host of a world that has little in it.
    pub fn new(root: &Path, n: usize, seed: u64) -> Host {
        let mut random = Random::new(seed);
        let mut host = Host {
            n,
            seed,
            model: None,
            layout: random.next() % 4,
            options: random.pick(&OPTIONS).to_string(),
            story: Vec::new(),
            bodies: 0,
        };
        host.story
            .push(format!("seed {seed}, layout {}", host.layout));
        let world = "package acme:app@1.0.0;\n";
        let world = world.replace("app", &format!("app{n}"));
        let world = match host.layout {
            0 => format!("{world}world first {{ export go: func(); }}\n"),
            _ => format!(
                "{world}interface base {{ ping: func(); }}\nworld first {{ import base; export go: func(); }}\n"
            ),
        };
        write(&host.wit(root), &world);
        for (path, text) in host.files() {
            write(&root.join(format!("src/p{n}/{path}")), &text);
        }
        host.written(root);
        host
    }

    fn wit(&self, root: &Path) -> PathBuf {
        root.join(format!("wit/p{}.wit", self.n))
    }

    /// The source of a host that has one interface, in each layout.
    fn files(&self) -> Vec<(&'static str, String)> {
        let n = self.n;
        let is_async = if self.options.contains("async") {
            "async "
        } else {
            ""
        };
        let result = match self.options.contains("trappable") {
            true => " -> wasmtime::Result<()>",
            false => "",
        };
        let bindings = format!(
            "wasmtime::component::bindgen!({{\n    path: \"wit/p{n}.wit\",\n    world: \"first\",\n    {}\n}});\n",
            self.options
        );
        let ping = match self.options.contains("store") {
            true => format!(
                "impl<T: Send> base::HostWithStore<T> for HasSelf<State> {{\n    {is_async}fn ping(host: wasmtime::component::Access<'_, T, Self>){result} {{\n        let _ = host;\n        todo!()\n    }}\n}}\n\nimpl base::Host for State {{}}\n"
            ),
            false => format!(
                "impl base::Host for State {{\n    {is_async}fn ping(&mut self){result} {{\n        todo!()\n    }}\n}}\n"
            ),
        };
        let state = "#[derive(Default)]\npub struct State {}\n";
        let link = |path: &str| {
            format!(
                "pub fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {{\n    {path}::add_to_linker::<_, HasSelf<_>>(linker, |state| {{\n        state\n    }})?;\n    Ok(())\n}}\n"
            )
        };
        let uses = "use wasmtime::component::{HasSelf, Linker};\n";
        let in_file = format!(
            "use super::State;\nuse crate::p{n}::bindings::acme::app{n}::base;\n#[allow(unused_imports)]\nuse wasmtime::component::HasSelf;\n\n{ping}"
        );
        match self.layout {
            0 => vec![
                ("mod.rs", "pub mod bindings;\n".into()),
                ("bindings.rs", bindings),
            ],
            1 => vec![
                ("mod.rs", "pub mod bindings;\nmod imports;\n".into()),
                ("bindings.rs", bindings),
                (
                    "imports/mod.rs",
                    format!(
                        "mod base;\n\n{uses}\n{state}\n{}",
                        link(&format!("crate::p{n}::bindings::acme::app{n}::base"))
                    ),
                ),
                ("imports/base.rs", in_file),
            ],
            2 => vec![
                ("mod.rs", "pub mod bindings;\npub mod host;\n".into()),
                ("bindings.rs", bindings),
                (
                    "host.rs",
                    format!(
                        "use super::bindings::acme::app{n}::base;\n{uses}\n{state}\n{ping}\n{}",
                        link("base")
                    ),
                ),
            ],
            _ => vec![
                ("mod.rs", "pub mod bindings;\npub mod imports;\n".into()),
                ("bindings.rs", bindings),
                (
                    "imports.rs",
                    format!(
                        "mod base;\n\nuse super::bindings::acme::app{n} as wit;\n{uses}\n{state}\n{}",
                        link("wit::base")
                    ),
                ),
                ("imports/base.rs", in_file),
            ],
        }
    }

    /// A module with nothing but the bindings of a world.
    pub fn alone(&self, model: &Model) -> String {
        format!(
            "wasmtime::component::bindgen!({{ path: \"p{}.wit\", world: \"%{}\", {} }});\n",
            self.n, model.world, self.options
        )
        .replace("\"%", "\"")
    }

    /// What it is to become: a world of its own at first, and later the same with a change.
    pub fn next(&self, step: u64) -> Option<(Model, String)> {
        let mut random = Random::new(self.seed * 31 + step * 7919);
        for _ in 0..40 {
            let (model, what) = match &self.model {
                None => (self.first(&mut random), "made".to_string()),
                Some(model) => changed(model, &mut random),
            };
            let before = self.model.as_ref().map(Model::text);
            if before != Some(model.text()) && is_world(&model) {
                return Some((model, what));
            }
        }
        None
    }

    /// The world, whose package is no other host's.
    pub fn text(&self, model: &Model) -> String {
        model.text().replace("app@", &format!("app{}@", self.n))
    }

    fn first(&self, random: &mut Random) -> Model {
        let mut model = Model::random(random);
        model.world = "first".into();
        if self.layout > 0 {
            let mut base = base();
            base.functions[0].name = "ping".into();
            model.packages[0].interfaces.push(base);
            model
                .imports
                .push((0, model.packages[0].interfaces.len() - 1));
        }
        model
    }

    /// Somebody writes a body, like no other, in place of each `todo!()`.
    fn written(&mut self, root: &Path) {
        for path in all(&root.join(format!("src/p{}", self.n))) {
            let mut text = fs::read_to_string(&path).unwrap();
            while let Some(at) = text.find("todo!()") {
                let body = format!("panic!(\"body {} of {}\")", self.bodies, self.n);
                text.replace_range(at..at + "todo!()".len(), &body);
                self.bodies += 1;
            }
            fs::write(path, text).unwrap();
        }
    }

    /// Each body that was ever written is there, once.
    fn has_all(&self, root: &Path) {
        let files = all(&root.join(format!("src/p{}", self.n)));
        let texts = files.iter().map(|path| fs::read_to_string(path).unwrap());
        let text: String = texts.collect();
        for body in 0..self.bodies {
            let mark = format!("panic!(\"body {body} of {}\")", self.n);
            let count = text.matches(&mark).count();
            assert_eq!(count, 1, "{mark}: {:?}\n{text}", self.story);
        }
    }

    /// Changes the world, and does what is then to be done. False when a rename is not
    /// seen as one, and nothing is done.
    pub fn becomes(&mut self, root: &Path, model: Model, what: String) -> bool {
        let path = self.wit(root);
        let old = Wit::from_path(&path).unwrap();
        let before = fs::read_to_string(&path).unwrap();
        write(&path, &self.text(&model));
        let file = root.join(format!("src/p{}/bindings.rs", self.n));
        let wanted = Wanted {
            bindings: Some(&file),
            ..Wanted::default()
        };
        let subject = subjects(wanted).unwrap().all.remove(0);
        let new = subject.now().unwrap();
        if worlds(&old, &new, subject.world.as_deref()).is_err() {
            return false;
        }
        let review = review(&subject, &old, &new);
        let changes = Todo::changes(&[review.todo.as_ref().unwrap()]);
        let done = changes.and_then(|changes| Transaction::begin(root)?.commit(&changes));
        self.story.push(what.clone());
        if std::env::var_os("WIT_SHOW").is_some() {
            println!(
                "p{} {what}\n{before}\n----\n{}\n{review}",
                self.n,
                self.text(&model)
            );
        }
        assert!(done.is_ok(), "{:?}\n{review}", self.story);
        // All that somebody wrote is there, and doing it again changes nothing.
        self.has_all(root);
        let subject = subjects(wanted).unwrap().all.remove(0);
        let again = self::review(&subject, &old, &new);
        let changes = Todo::changes(&[again.todo.as_ref().unwrap()]).unwrap();
        assert!(changes.is_empty(), "{:?}\n{changes:#?}", self.story);
        self.written(root);
        self.model = Some(model);
        true
    }
}

/// What is to be done when one text becomes the other.
fn review(subject: &Subject, old: &Wit, new: &Wit) -> Review {
    let (old_world, new_world) = worlds(old, new, subject.world.as_deref()).unwrap();
    let dated = |wit, world| Dated { wit, world };
    let (old, new) = (dated(old, old_world), dated(new, new_world));
    Review::of(Diff::between(old, new), old, new, subject.bindgen.as_ref()).unwrap()
}

/// Every file of the host, whatever it is called.
fn all(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().flatten();
    let found = entries.flat_map(|entry| match entry.path().is_dir() {
        true => all(&entry.path()),
        false => vec![entry.path()],
    });
    found.collect()
}

/// Whether it is WIT, and the generator has nothing against it.
fn is_world(model: &Model) -> bool {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("w.wit");
    write(&path, &model.text());
    let Ok(wit) = Wit::from_path(&path) else {
        return false;
    };
    let Ok(world) = wit.world(Some(&model.world)) else {
        return false;
    };
    bindings::generate(&wit, world, &Options::default()).is_ok()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

//! The list as it is made.

use super::edit::Edit;
use super::layout::{Layout, Shape};
use super::list::{FileAction, FileWork, Line, Signature, Todo};
use super::own::Own;
use super::scope::Scope;
use super::shown;
use super::sides::Sides;
use crate::krate::File;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The list as far as it is made.
pub(super) struct Making<'a> {
    pub(super) sides: &'a Sides<'a>,
    pub(super) layout: Layout,
    /// What a new project is on.
    own: Option<Own>,
    pub(super) todo: Todo,
    /// Edits of files that are implementations: the list shows these as methods.
    pub(super) quiet: Vec<Edit>,
    /// All others, which it shows line by line.
    pub(super) edits: Vec<Edit>,
    /// The names that files have, with those that they get.
    scopes: BTreeMap<PathBuf, Scope>,
    /// Files of implementations that have other names now.
    pub(super) files: BTreeMap<PathBuf, PathBuf>,
    /// What goes into the file around those of the interfaces, where there is none yet.
    pub(super) fresh: Fresh,
    /// Entries that come into `with` of the `bindgen!`.
    pub(super) keys: Vec<String>,
    /// Modules of the crate that have other names now.
    pub(super) renames: Vec<(Vec<String>, Vec<String>)>,
}

/// A file around those of the interfaces.
#[derive(Default)]
pub(super) struct Fresh {
    pub(super) modules: Vec<String>,
    pub(super) links: Vec<String>,
    pub(super) impls: Vec<String>,
    pub(super) add: Vec<Signature>,
}

impl<'a> Making<'a> {
    pub(super) fn new(sides: &'a Sides<'a>, own: Option<Own>) -> Self {
        Making {
            layout: Layout::of(&sides.code, &sides.host, sides.place(), own.as_ref()),
            own,
            todo: Todo {
                package: sides.place().package.clone(),
                ..Todo::default()
            },
            quiet: Vec::new(),
            edits: Vec::new(),
            scopes: BTreeMap::new(),
            files: BTreeMap::new(),
            fresh: Fresh::default(),
            keys: Vec::new(),
            renames: Vec::new(),
            sides,
        }
    }
}

impl Making<'_> {
    /// A file of the bindings' own package.
    pub(super) fn file(&self, path: &Path) -> Option<&File> {
        let package = &self.sides.place().package;
        let files = self.sides.code.files.iter();
        let mut mine = files.filter(|file| file.package == *package);
        mine.find(|file| file.path == path)
    }

    /// The names in a file.
    pub(super) fn scope(&mut self, path: &Path) -> &mut Scope {
        if !self.scopes.contains_key(path) {
            let scope = self.file(path).map_or_else(Scope::default, |file| {
                let code = &self.sides.code;
                let spot = code.spot(file, &[]);
                let names = code.names(&spot).cloned().unwrap_or_default();
                Scope::of(&names, |path| code.whole(&spot, path))
            });
            self.scopes.insert(path.to_path_buf(), scope);
        }
        self.scopes.entry(path.to_path_buf()).or_default()
    }

    /// Whether the file around those of the interfaces is yet to be written.
    pub(super) fn is_fresh(&self) -> bool {
        matches!(self.layout.shape, Shape::New { .. })
    }

    /// The file for what belongs to the world itself.
    pub(super) fn world_file(&self) -> PathBuf {
        match &self.layout.shape {
            Shape::Files { around, .. } | Shape::New { around, .. } => around.clone(),
            Shape::One(file) | Shape::Function(file) => file.clone(),
        }
    }

    /// The file around defines what the host functions are on, where it is yet to be written.
    pub(super) fn own_state(&mut self) {
        if let Shape::New { around, .. } = self.layout.shape.clone() {
            let on = self.layout.on.clone();
            if let Some(name) = self.defines() {
                let path = on.names.get(&name).cloned().unwrap_or_default();
                self.scope(&around).define(&name, &path);
            }
        }
    }

    /// The type that the file around is to define.
    fn defines(&self) -> Option<String> {
        match &self.own {
            Some(own) => own.defines.clone(),
            None => Some(self.layout.on.ty.clone()),
        }
    }

    /// A new file of implementations is a module.
    pub(super) fn module(&mut self, stem: &str, public: bool) {
        let visibility = if public { "pub " } else { "" };
        match self.layout.shape.clone() {
            Shape::Files { around, .. } => self.declare(&around, stem, public),
            Shape::New { .. } => self.fresh.modules.push(format!("{visibility}mod {stem};")),
            Shape::One(_) | Shape::Function(_) => {}
        }
    }

    /// The file around those of the interfaces, where there is none yet.
    fn around(&mut self) {
        let Shape::New { around, parent, .. } = self.layout.shape.clone() else {
            return;
        };
        let fresh = std::mem::take(&mut self.fresh);
        let is_empty = fresh.modules.is_empty() && fresh.links.is_empty();
        if is_empty && self.own.is_none() {
            return;
        }
        let wasmtime = self.sides.wasmtime().join("::");
        let on = self.layout.on.clone();
        // Who begins has nothing but `todo!()`, and is to see what goes wrong beside them.
        let allow = match self.own {
            Some(_) => {
                "#![allow(dead_code, unused_variables, reason = \"until no todo!() is left\")]\n\n"
            }
            None => "",
        };
        let state = self.defines().map_or_else(String::new, |name| {
            format!(
                "/// What the host functions work on.\n#[derive(Default)]\npub struct {name} {{}}\n\n"
            )
        });
        let scope = self.scope(&around);
        for (name, path) in &on.names {
            scope.bring(name, path);
        }
        let on = &on.ty;
        let names: &[&str] = match fresh.links.is_empty() {
            true => &["Linker"],
            false => &["HasSelf", "Linker"],
        };
        for name in names {
            let path = format!("{wasmtime}::component::{name}");
            let path: Vec<String> = path.split("::").map(String::from).collect();
            scope.bring(name, &path);
        }
        let uses = scope.uses().join("\n");
        let modules: String = fresh.modules.iter().map(|one| format!("{one}\n")).collect();
        let modules = if modules.is_empty() {
            modules
        } else {
            modules + "\n"
        };
        let links: String = fresh
            .links
            .iter()
            .map(|link| format!("    {link}\n"))
            .collect();
        let links = if links.is_empty() {
            "    let _ = linker;\n".into()
        } else {
            links
        };
        let impls = fresh.impls.join("\n");
        let text = format!(
            "//! What the host offers to components: one file for each interface.\n\n{allow}\
             {modules}{uses}\n\n{state}\
             /// Adds every interface to a linker.\n///\n/// # Errors\n///\n\
             /// When an interface of the same name is in it already.\n\
             pub fn add_to_linker(linker: &mut Linker<{on}>) -> {wasmtime}::Result<()> {{\n\
             {links}    Ok(())\n}}\n"
        );
        let text = if impls.is_empty() {
            text
        } else {
            format!("{text}\n{impls}")
        };
        let world = &self.sides.new.wit.resolve.worlds[self.sides.new.world].name;
        self.todo.files.push(FileWork {
            file: Some(around.clone()),
            action: FileAction::Create,
            interface: format!("world {world}"),
            declared: None,
            add: fresh.add,
            change: Vec::new(),
            remove: Vec::new(),
            paste: Some(text),
        });
        if let Some(parent) = parent {
            self.declare(&parent, "imports", false);
        }
    }

    /// Brings the names into each file that it has come to need, and puts all together.
    pub(super) fn done(mut self) -> Todo {
        self.around();
        let scopes = std::mem::take(&mut self.scopes);
        for (path, scope) in scopes {
            let uses = scope.uses();
            if let (Some(file), false) = (self.file(&path), uses.is_empty()) {
                let at = uses_at(file);
                let edit = Edit::new(file, at, at, uses.join("\n") + "\n");
                self.quiet.push(edit);
            }
        }
        let mut lines = std::mem::take(&mut self.todo.lines);
        let own = &self.sides.place().package;
        for file in &self.sides.code.files {
            let shown = match file.package == *own {
                true => self.files.get(&file.path).unwrap_or(&file.path).clone(),
                false => worldhost_wit::paths::between(own, &file.package.join(&file.path)),
            };
            lines.extend(shown::lines(file, &self.edits, &shown));
        }
        lines.sort_by(|a: &Line, b: &Line| a.file.cmp(&b.file));
        self.todo.lines = lines;
        self.todo.edits = self.quiet;
        self.todo.edits.extend(self.edits);
        self.todo
    }
}

/// Where `use` items go: before the first, or behind the file's own documentation.
pub(super) fn uses_at(file: &File) -> usize {
    let lines = || {
        let mut at = 0;
        file.text.split_inclusive('\n').map(move |line| {
            at += line.len();
            (at - line.len(), line)
        })
    };
    let first = lines().find(|(_, line)| line.starts_with("use ") || line.starts_with("pub use "));
    let head =
        |line: &str| line.trim().is_empty() || line.starts_with("//") || line.starts_with("#!");
    let behind = lines().find(|(_, line)| !head(line)).map(|(at, _)| at);
    first
        .map(|(at, _)| at)
        .or(behind)
        .unwrap_or(file.text.len())
}

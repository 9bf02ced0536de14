//! Finding every `bindgen!` of a project.

use super::bindgen::{Bindgen, Place};
use super::named::Names;
use super::parse::{self, Body};
use super::scan::{self, Invocation};
use crate::error::{Error, Result};
use crate::project::{Member, Module, Modules, Project};
use proc_macro2::LineColumn;
use std::fs;
use std::path::{Path, PathBuf};
use worldhost_wit::{Inline, Source, paths};

/// What a project has.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Found {
    /// Those that can be read, by file and line.
    pub bindgens: Vec<Bindgen>,
    /// Those that cannot.
    pub unread: Vec<Unread>,
}

/// A `bindgen!` that cannot be read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unread {
    /// The file.
    pub file: PathBuf,
    /// The package that it is in.
    pub package: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// Why.
    pub message: String,
    /// Whether the macro itself would refuse it; else the project's own macros make it.
    pub refused: bool,
}

impl Unread {
    /// The error that it is.
    pub fn error(&self) -> Error {
        Error::Options {
            path: paths::shown(&self.file),
            message: format!("line {}: {}", self.line, self.message),
        }
    }
}

/// Finds every `bindgen!` in the packages of a project, in whatever file, module or
/// function it is, and under whatever name `use` gives to the macro.
///
/// A file that is not Rust has none: rustc is the one to say what is wrong with it.
///
/// # Errors
///
/// That a file cannot be read.
pub fn find(project: &Project) -> Result<Found> {
    let mut found = Found::default();
    for member in project.members() {
        Search::of(member)?.search(&mut found);
    }
    let place = |one: &Bindgen| (one.place.package.clone(), one.place.file.clone());
    for at in 0..found.bindgens.len() {
        let own = place(&found.bindgens[at]);
        let same = found.bindgens.iter().filter(|one| place(one) == own);
        found.bindgens[at].only = same.count() == 1;
    }
    Ok(found)
}

/// The `bindgen!` of a text that was a file of the project's at another time: the one that
/// stands where this one stands, or has its world.
pub fn then(text: &str, now: &Bindgen) -> Option<Bindgen> {
    let member = Member {
        dir: now.place.package.clone(),
        krate: now.place.krate.clone(),
        roots: Vec::new(),
    };
    let search = Search {
        member: &member,
        files: vec![(now.place.file.clone(), text.to_string())],
        others: Vec::new(),
    };
    let mut found = Found::default();
    let module = Module {
        root: now.place.root.clone(),
        path: String::new(),
    };
    search.file(&now.place.file, text, &module, &mut found);
    let mut all = found.bindgens;
    let inner = |one: &Bindgen| one.place.module.clone();
    let here = all.iter().position(|one| {
        now.place.module.ends_with(&inner(one))
            && one.place.function == now.place.function
            && one.world == now.world
    });
    let world = all
        .iter()
        .position(|one| one.world.is_some() && one.world == now.world);
    let at = here
        .or(world)
        .or((now.only && all.len() == 1).then_some(0))?;
    Some(all.swap_remove(at))
}

struct Search<'a> {
    member: &'a Member,
    files: Vec<(PathBuf, String)>,
    others: Vec<String>,
}

impl<'a> Search<'a> {
    fn of(member: &'a Member) -> Result<Search<'a>> {
        let mut files = Vec::new();
        for file in member.files() {
            let path = member.dir.join(&file);
            let bytes = fs::read(&path).map_err(|error| Error::file(&path, error))?;
            files.extend(String::from_utf8(bytes).ok().map(|text| (file, text)));
        }
        let mut others = Vec::new();
        for (_, text) in files.iter().filter(|(_, text)| gives_it_a_name(text)) {
            if let Ok(tree) = syn::parse_file(text) {
                others.extend(Names::of(&tree).aliases().map(String::from));
            }
        }
        Ok(Search {
            member,
            files,
            others,
        })
    }

    fn search(&self, found: &mut Found) {
        let call = |name: &str| format!("{name}!");
        let mut names: Vec<String> = self.others.iter().map(|name| call(name)).collect();
        names.push(call("bindgen"));
        let may = |text: &str| {
            let text: String = text.replace([' ', '\n'], "");
            names.iter().any(|name| text.contains(name))
        };
        let with: Vec<_> = self.files.iter().filter(|(_, text)| may(text)).collect();
        if with.is_empty() {
            return;
        }
        let modules = Modules::of(self.member);
        for (file, text) in with {
            self.file(file, text, &modules.of_file(file), found);
        }
    }

    fn file(&self, file: &Path, text: &str, module: &Module, found: &mut Found) {
        let Ok(tree) = syn::parse_file(text) else {
            return;
        };
        let names = Names::of(&tree);
        let scan = scan::scan(&tree, &names, &self.others);
        for invocation in scan.found {
            match parse::body(invocation.tokens.clone()) {
                Ok(body) => {
                    let place = self.place(file, module, &invocation);
                    found.bindgens.push(bindgen(place, body));
                }
                Err(refused) => {
                    let unread = self.unread(file, refused.at, refused.message, true);
                    found.unread.push(unread);
                }
            }
        }
        for hidden in scan.hidden {
            let message = format!(
                "the bindgen! in {} is made by that macro, and is not seen here",
                hidden.within
            );
            let unread = self.unread(file, hidden.at, message, false);
            found.unread.push(unread);
        }
    }

    fn place(&self, file: &Path, module: &Module, invocation: &Invocation) -> Place {
        let around = [module.path.clone()].into_iter();
        let path: Vec<String> = around.chain(invocation.modules.clone()).collect();
        Place {
            package: self.member.dir.clone(),
            krate: self.member.krate.clone(),
            file: file.to_path_buf(),
            line: invocation.at.line,
            column: invocation.at.column + 1,
            module: path.join("::"),
            root: module.root.clone(),
            function: invocation.function.clone(),
        }
    }

    fn unread(&self, file: &Path, at: LineColumn, message: String, refused: bool) -> Unread {
        Unread {
            file: self.member.dir.join(file),
            package: self.member.dir.clone(),
            line: at.line,
            message,
            refused,
        }
    }
}

fn gives_it_a_name(text: &str) -> bool {
    text.contains("bindgen as ")
}

fn bindgen(place: Place, body: Body) -> Bindgen {
    let default = PathBuf::from("wit");
    let named: Vec<PathBuf> = match &body.paths[..] {
        [] if body.inline.is_none() || place.package.join(&default).exists() => vec![default],
        paths => paths.iter().map(PathBuf::from).collect(),
    };
    let paths = named
        .iter()
        .map(|path| paths::shown(&place.package.join(path)));
    let inline = body.inline.as_ref().map(|inline| Inline {
        name: place.shown(&place.file).display().to_string(),
        before: match inline.in_lines {
            true => inline.at.line - 1,
            false => 0,
        },
        text: inline.text.clone(),
    });
    Bindgen {
        source: Source {
            paths: paths.collect(),
            inline,
        },
        world: body.world.clone(),
        marks: body.marks.clone(),
        options: body.options(),
        place,
        only: true,
    }
}

//! Lines of the project that name what has another name now.

use super::list::Line;
use super::project::{File, REGISTRY};
use super::renamed::replaced;
use super::sides::Sides;
use super::spelling::{Alias, Spelling};
use crate::rust::words;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use worldhost_wit::InterfaceName;

/// Modules of the bindings, and files of the project, that have other names now.
pub(super) struct Moves<'a> {
    sides: &'a Sides<'a>,
    modules: Vec<Module>,
    /// Files of implementations.
    files: BTreeMap<PathBuf, PathBuf>,
}

struct Module {
    from: Vec<String>,
    to: Vec<String>,
    /// The interface's name in WIT without its version, before and now.
    wit: (String, String),
}

impl<'a> Moves<'a> {
    pub(super) fn new(sides: &'a Sides<'a>) -> Self {
        Moves {
            sides,
            modules: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// A module is another now.
    pub(super) fn module(&mut self, from: &[String], to: &[String]) {
        let base = |module| {
            InterfaceName::parse(self.sides.interface(module).0)
                .base()
                .to_string()
        };
        self.modules.push(Module {
            from: from.to_vec(),
            to: to.to_vec(),
            wit: (base(from), base(to)),
        });
    }

    /// A file is another now.
    pub(super) fn file(&mut self, from: &Path, to: &Path) {
        self.files.insert(from.to_path_buf(), to.to_path_buf());
    }

    /// Every line that changes by it, before and after.
    pub(super) fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        if self.modules.is_empty() && self.sides.renamed.is_none() {
            return lines;
        }
        for file in &self.sides.project.files {
            let spelling = Spelling::of(self.sides, file);
            for text in file.text.lines() {
                let now = self.line(file, &spelling, text);
                if now != text {
                    let file = self.files.get(&file.path).unwrap_or(&file.path);
                    lines.push(Line::new(file, true, text.trim()));
                    lines.push(Line::new(file, false, now.trim()));
                }
            }
        }
        lines
    }

    fn line(&self, file: &File, spelling: &Spelling<'_>, text: &str) -> String {
        let mut line = text.to_string();
        for module in &self.modules {
            let (from, to) = (module.from.join("::"), module.to.join("::"));
            line = swapped(&line, &from, &to, |before| {
                spelling.fits(&module.from, before)
            });
            for alias in &spelling.aliases {
                line = self.behind(alias, module, &line);
            }
            line = replaced(&line, &module.wit.0, &module.wit.1);
        }
        if let Some(renamed) = &self.sides.renamed {
            let from = renamed.old_module();
            let to = renamed.module(&from).join("::");
            line = swapped(&line, &from.join("::"), &to, |before| {
                spelling.in_bindings(before)
            });
            line = renamed.wit(&line).unwrap_or(line);
        }
        for (from, to) in &self.files {
            line = module_line(file, from, to, line);
        }
        line
    }

    /// A path that begins with another name of a module around, or of the module itself.
    fn behind(&self, alias: &Alias, module: &Module, line: &str) -> String {
        let Some(tail) = module.from.strip_prefix(&alias.module[..]) else {
            return line.to_string();
        };
        let around = match tail {
            [] => module.to.clone(),
            _ => self.sides.now(&alias.module),
        };
        let name = match (alias.own, around.last()) {
            (false, Some(last)) => last.clone(),
            _ => alias.name.clone(),
        };
        let to = match module.to.strip_prefix(&around[..]) {
            Some(rest) => [&[name], rest].concat().join("::"),
            None => self.sides.path(&module.to, ""),
        };
        let from = [std::slice::from_ref(&alias.name), tail]
            .concat()
            .join("::")
            + "::";
        // A name that is followed by more, and that nothing is before.
        swapped(line, &from, &(to + "::"), |before| !before.ends_with("::"))
    }
}

/// Replaces whole words, where `fits` has nothing against what is before them.
fn swapped(text: &str, from: &str, to: &str, fits: impl Fn(&str) -> bool) -> String {
    let mut result = String::new();
    let mut done = 0;
    for at in words(text, from).filter(|at| fits(&text[..*at])) {
        result += &text[done..at];
        result += to;
        done = at + from.len();
    }
    result + &text[done..]
}

/// A line that names the module of a file of implementations.
fn module_line(file: &File, from: &Path, to: &Path, line: String) -> String {
    let stem = |path: &Path| {
        path.file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
    };
    let (Some(from), Some(to)) = (stem(from), stem(to)) else {
        return line;
    };
    let whole = format!("crate::imports::{from}::");
    let line = swapped(&line, &whole, &format!("crate::imports::{to}::"), |_| true);
    if file.path != Path::new(REGISTRY) {
        return line;
    }
    let start = line.trim_start();
    let is_use = start.starts_with("use ") || start.starts_with("pub use ");
    let line = match start.ends_with(&format!("mod {from};")) {
        true => line.replace(&format!("mod {from};"), &format!("mod {to};")),
        false => line,
    };
    match is_use {
        true => swapped(&line, &format!("{from}::"), &format!("{to}::"), |before| {
            before.ends_with("use ") || before.ends_with("self::")
        }),
        false => line,
    }
}

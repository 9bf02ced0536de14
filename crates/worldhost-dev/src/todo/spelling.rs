//! How a file of the project writes the modules of the bindings.

use super::project::File;
use super::sides::Sides;
use crate::rust::words;

/// What a file calls the modules of the bindings.
pub(super) struct Spelling<'a> {
    sides: &'a Sides<'a>,
    pub(super) aliases: Vec<Alias>,
}

/// A name in a file for a module of the bindings.
pub(super) struct Alias {
    pub(super) name: String,
    /// Whether it is a name by `as`, which stays.
    pub(super) own: bool,
    pub(super) module: Vec<String>,
}

impl<'a> Spelling<'a> {
    pub(super) fn of(sides: &'a Sides<'a>, file: &File) -> Self {
        let uses = file.uses().into_iter();
        let aliases = uses.filter_map(|(path, name)| {
            let module = below(sides, &path)?.to_vec();
            let own = path.last() != Some(&name);
            Some(Alias { name, own, module })
        });
        Spelling {
            sides,
            aliases: aliases.collect(),
        }
    }

    /// Whether a name of the module is in a line.
    pub(super) fn writes(&self, line: &str, module: &[String], name: &str) -> bool {
        let path = |parts: &[String]| [parts, &[name.to_string()]].concat().join("::");
        let whole = path(module);
        let mut wholes = words(line, &whole);
        if wholes.any(|at| self.fits(module, &line[..at])) {
            return true;
        }
        self.aliases.iter().any(|alias| {
            let Some(tail) = module.strip_prefix(&alias.module[..]) else {
                return false;
            };
            let short = path(&[std::slice::from_ref(&alias.name), tail].concat());
            words(line, &short).any(|at| !line[..at].ends_with("::"))
        })
    }

    /// Whether a module's path means the module of the bindings after these words.
    pub(super) fn fits(&self, module: &[String], before: &str) -> bool {
        // Three names in a row are nothing else, whatever is before them.
        !before.ends_with("exports::") && (module.len() >= 3 || self.in_bindings(before))
    }

    /// Whether what follows is in the bindings.
    pub(super) fn in_bindings(&self, before: &str) -> bool {
        let bindings = self.sides.place.module.rsplit("::").next();
        let ends = |name: &str| before.strip_suffix("::").is_some_and(|b| b.ends_with(name));
        bindings.is_some_and(ends) || ends("exports")
    }
}

/// The module of the bindings that a path in the project leads to.
pub(super) fn below<'a>(sides: &Sides<'_>, path: &'a [String]) -> Option<&'a [String]> {
    let bindings = sides.place.module.rsplit("::").next();
    let at = path
        .iter()
        .position(|part| Some(part.as_str()) == bindings)?;
    let module = &path[at + 1..];
    (!module.is_empty()).then_some(module)
}

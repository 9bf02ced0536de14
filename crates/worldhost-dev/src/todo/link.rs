//! The lines that make an interface's file a module and put it into the linker.

use super::list::{Line, Todo};
use super::project::{File, REGISTRY};
use super::sides::Sides;
use super::spelling::{Spelling, below};
use crate::api::Api;
use crate::rust::words;
use std::path::Path;

/// The name of an interface's file: its own, with the package before it when the
/// world has two of that name.
pub(super) fn stem(api: &Api, module: &[String]) -> String {
    let Some(name) = module.last() else {
        return "mod".into();
    };
    let traits = api.traits();
    let twice = traits
        .iter()
        .any(|other| other.module != module && other.module.last() == Some(name));
    match (twice, module) {
        (true, [.., package, _]) => format!("{package}_{name}"),
        _ => name.clone(),
    }
}

/// Adds the lines of a new interface. The file of one with types that the bindings name
/// is a public module.
pub(super) fn link(sides: &Sides<'_>, module: &[String], public: bool, todo: &mut Todo) {
    let mut add = |line: String| todo.lines.push(Line::new(REGISTRY, false, line));
    if !module.is_empty() {
        let visibility = if public { "pub " } else { "" };
        add(format!("{visibility}mod {};", stem(&sides.new_api, module)));
    }
    let definitions = sides.new_api.definitions();
    let mut mine = definitions.iter().filter(|one| one.module == module);
    let options = match mine.any(|one| one.name == "LinkOptions") {
        true => "&Default::default(), ",
        false => "",
    };
    let function = match module {
        [] => sides.path(&[], &sides.new_type()) + "::add_to_linker_imports",
        module => sides.path(module, "add_to_linker"),
    };
    add(format!(
        "{function}::<_, HasSelf<_>>(linker, {options}|state| state)?;"
    ));
}

/// Removes the lines of an interface, as far as they are there. `file` is the one that
/// had its implementation, if it goes too.
pub(super) fn unlink(sides: &Sides<'_>, module: &[String], file: Option<&Path>, todo: &mut Todo) {
    let Some(registry) = sides.project.file(Path::new(REGISTRY)) else {
        return;
    };
    let stem = file.and_then(Path::file_stem);
    let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
    let spelling = Spelling::of(sides, registry);
    let world = sides.old_type() + "::add_to_linker_imports";
    let mut lines = registry.text.lines();
    while let Some(line) = lines.next() {
        let text = line.trim();
        let mut goes = match module {
            [] => words(text, &world).next().is_some(),
            module => spelling.writes(text, module, "add_to_linker"),
        };
        if let Some(stem) = &stem {
            let rest = text.strip_prefix("pub ").unwrap_or(text);
            let rest = rest.strip_prefix("use ").or(rest.strip_prefix("mod "));
            let name = rest.map(|rest| rest.strip_prefix("self::").unwrap_or(rest));
            goes |= name.is_some_and(|name| {
                let after = name.strip_prefix(stem.as_str());
                after.is_some_and(|after| after.starts_with("::") || after.starts_with(';'))
            });
        }
        if !goes {
            continue;
        }
        todo.lines.push(Line::new(REGISTRY, true, text));
        // To the end of the statement.
        let mut end = text;
        while !end.ends_with(';') {
            let Some(next) = lines.next() else { break };
            end = next.trim();
            todo.lines.push(Line::new(REGISTRY, true, end));
        }
    }
    for line in dangling(sides, registry) {
        let line = Line::new(REGISTRY, true, line);
        if !todo.lines.contains(&line) {
            todo.lines.push(line);
        }
    }
}

/// The `use` lines that name a module of the bindings that is not there any more.
fn dangling<'a>(sides: &Sides<'_>, file: &'a File) -> Vec<&'a str> {
    let uses = file.uses();
    let gone = uses.iter().filter_map(|(path, _)| {
        let module = below(sides, path)?;
        let is_gone = sides.old_api.has(module) && !sides.new_api.has(&sides.now(module));
        is_gone.then(|| path.join("::"))
    });
    let gone: Vec<String> = gone.collect();
    let lines = file.text.lines().map(str::trim);
    lines
        .filter(|line| line.starts_with("use ") || line.starts_with("pub use "))
        .filter(|line| gone.iter().any(|path| words(line, path).next().is_some()))
        .collect()
}

//! Where an interface is: its names in WIT and in Rust, and the lines that put it
//! into the linker.

use super::{Line, Sides, Todo};
use std::path::PathBuf;
use wit_parser::WorldItem;

/// The file that declares and links the interfaces.
const REGISTRY: &str = "src/imports/mod.rs";

/// The name of an interface's file: its own, with the package before it when the
/// world has two of that name.
pub(super) fn stem(sides: &Sides<'_>, module: &[String]) -> String {
    let Some(name) = module.last() else {
        return "mod".into();
    };
    let traits = sides.new_api.traits();
    let twice = traits
        .iter()
        .any(|other| other.module != module && other.module.last() == Some(name));
    let name = name.trim_end_matches('_');
    match (twice, module) {
        (true, [.., package, _]) => format!("{package}_{name}"),
        _ => name.to_string(),
    }
}

/// The line that makes an interface's file a module. One with types that the
/// bindings name is public.
pub(super) fn declare(sides: &Sides<'_>, module: &[String], public: bool) -> String {
    let visibility = if public { "pub " } else { "" };
    format!("{visibility}mod {};", stem(sides, module))
}

/// The line that puts an interface into the linker.
pub(super) fn register(sides: &Sides<'_>, module: &[String]) -> String {
    let bindings = &sides.options.place.module;
    let options = sides
        .new_api
        .definitions()
        .iter()
        .any(|definition| definition.module == module && definition.name == "LinkOptions");
    let options = if options { "&Default::default(), " } else { "" };
    let function = match module {
        [] => format!("{}::add_to_linker_imports", world_type(sides, false)),
        module => format!("{}::add_to_linker", module.join("::")),
    };
    format!("{bindings}::{function}::<_, HasSelf<_>>(linker, {options}|state| state)?;")
}

/// Removes the lines of an interface, as far as they are there.
pub(super) fn unregister(sides: &Sides<'_>, module: &[String], todo: &mut Todo) {
    let file = PathBuf::from(REGISTRY);
    let mut found = vec![declare(sides, module, false)];
    let call = match module {
        [] => "add_to_linker_imports".to_string(),
        module => format!("{}::add_to_linker", module[module.len() - 1]),
    };
    found.push(call);
    for text in found {
        if let Some(line) = sides.project.line(&file, &text) {
            todo.lines.push(Line {
                file: file.clone(),
                remove: true,
                line,
            });
        }
    }
}

pub(super) fn add_line(todo: &mut Todo, line: String) {
    todo.lines.push(Line {
        file: REGISTRY.into(),
        remove: false,
        line,
    });
}

/// The WIT name of a module's interface, and where it is declared.
pub(super) fn interface(sides: &Sides<'_>, module: &[String]) -> (String, Option<String>) {
    let snake = |name: &str| name.replace('-', "_");
    for dated in [sides.new, sides.old] {
        let resolve = &dated.wit.resolve;
        for item in resolve.worlds[dated.world].imports.values() {
            let WorldItem::Interface { id, .. } = item else {
                continue;
            };
            let interface = &resolve.interfaces[*id];
            let (Some(name), Some(package)) = (&interface.name, interface.package) else {
                continue;
            };
            let package = &resolve.packages[package].name;
            let same = matches!(module, [a, b, c]
                if *a == snake(&package.namespace)
                    && b.starts_with(&snake(&package.name))
                    && c.trim_end_matches('_') == snake(name));
            if same {
                let id = resolve.id_of(*id).unwrap_or_else(|| name.clone());
                return (id, Some(resolve.render_location(interface.span)));
            }
        }
    }
    match module {
        [] => {
            let world = &sides.new.wit.resolve.worlds[sides.new.world];
            let declared = sides.new.wit.resolve.render_location(world.span);
            (format!("world {}", world.name), Some(declared))
        }
        module => (module.join("/"), None),
    }
}

/// What the bindings call the world.
pub(super) fn world_type(sides: &Sides<'_>, old: bool) -> String {
    let dated = if old { sides.old } else { sides.new };
    let world = &dated.wit.resolve.worlds[dated.world].name;
    let capital = |word: &str| {
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_uppercase().to_string());
        first.unwrap_or_default() + chars.as_str()
    };
    world.split('-').map(capital).collect()
}

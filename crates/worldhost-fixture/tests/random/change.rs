//! One change of a world.

use super::Random;
use super::model::{Function, Kind, Model, function, name, ty};

/// The world with one change, and what was changed. The result may be no WIT.
pub fn changed(model: &Model, random: &mut Random) -> (Model, String) {
    let mut model = model.clone();
    let what = match random.below(20) {
        0 | 1 => added_function(&mut model, random),
        2 => removed_function(&mut model, random),
        3 | 4 => changed_function(&mut model, random),
        5 => interface(&mut model, random, true),
        6 => interface(&mut model, random, false),
        7 => unimported(&mut model, random),
        8 | 9 => changed_type(&mut model, random),
        10 => added_type(&mut model, random),
        11 => renamed_type(&mut model, random),
        12 => second_version(&mut model, random),
        13 => version(&mut model, random),
        14 => {
            model.packages[0].name = random
                .pick(&["acme:app", "acme:HTTP-app", "big:app"])
                .to_string();
            "package renamed"
        }
        15 => {
            model.world = name(random);
            "world renamed"
        }
        16 => renamed_interface(&mut model, random),
        17 => gate(&mut model, random),
        18 => docs(&mut model, random),
        _ => world_functions(&mut model, random),
    };
    (model, what.to_string())
}

/// One of all interfaces.
fn any(model: &Model, random: &mut Random) -> (usize, usize) {
    let with: Vec<usize> = (0..model.packages.len())
        .filter(|p| !model.packages[*p].interfaces.is_empty())
        .collect();
    let package = *random.pick(&with);
    (
        package,
        random.below(model.packages[package].interfaces.len()),
    )
}

/// The functions of an interface, or of one of its resources.
fn functions<'a>(model: &'a mut Model, random: &mut Random) -> &'a mut Vec<Function> {
    let (package, at) = any(model, random);
    let interface = &mut model.packages[package].interfaces[at];
    let resources = interface
        .types
        .iter()
        .position(|(_, kind)| matches!(kind, Kind::Resource(_)));
    match resources {
        Some(at) if random.one_in(2) => match &mut interface.types[at].1 {
            Kind::Resource(functions) => functions,
            _ => unreachable!("it is a resource"),
        },
        _ => &mut interface.functions,
    }
}

fn added_function(model: &mut Model, random: &mut Random) -> &'static str {
    let (package, at) = any(model, random);
    let interface = &mut model.packages[package].interfaces[at];
    let names = interface.names();
    for (_, kind) in &mut interface.types {
        if let (Kind::Resource(functions), true) = (kind, random.one_in(2)) {
            let of = *random.pick(&["method", "static"]);
            functions.push(function(random, &names, of));
            return "method added";
        }
    }
    interface.functions.push(function(random, &names, ""));
    "function added"
}

fn removed_function(model: &mut Model, random: &mut Random) -> &'static str {
    let functions = functions(model, random);
    if functions.is_empty() {
        return "nothing";
    }
    functions.remove(random.below(functions.len()));
    "function removed"
}

fn changed_function(model: &mut Model, random: &mut Random) -> &'static str {
    let functions = functions(model, random);
    if functions.is_empty() {
        return "nothing";
    }
    let at = random.below(functions.len());
    let function = &mut functions[at];
    match random.below(6) {
        0 => {
            function.params.push((name(random), ty(random, &[])));
            "parameter added"
        }
        1 if !function.params.is_empty() => {
            function.params[0].0 = name(random);
            "parameter renamed"
        }
        2 if !function.params.is_empty() => {
            function.params[0].1 = ty(random, &[]);
            "parameter's type changed"
        }
        3 if function.of != "constructor" => {
            function.is_async = !function.is_async;
            "async changed"
        }
        4 => {
            function.name = name(random);
            "function renamed"
        }
        _ => {
            function.result = Some(ty(random, &[]));
            "result changed"
        }
    }
}

fn interface(model: &mut Model, random: &mut Random, import: bool) -> &'static str {
    let package = random.below(model.packages.len());
    let interface = model.interface(random, package);
    model.packages[package].interfaces.push(interface);
    let id = (package, model.packages[package].interfaces.len() - 1);
    match import {
        true => {
            model.imports.push(id);
            "interface imported"
        }
        false => {
            model.exports.push(id);
            "interface exported"
        }
    }
}

fn unimported(model: &mut Model, random: &mut Random) -> &'static str {
    if model.imports.is_empty() {
        return "nothing";
    }
    model.imports.remove(random.below(model.imports.len()));
    "interface no longer imported"
}

fn changed_type(model: &mut Model, random: &mut Random) -> &'static str {
    let (package, at) = any(model, random);
    let interface = &mut model.packages[package].interfaces[at];
    if interface.types.is_empty() {
        return "nothing";
    }
    let at = random.below(interface.types.len());
    match &mut interface.types[at].1 {
        Kind::Record(fields) if random.one_in(3) => {
            fields[0].0 = name(random);
            "field renamed"
        }
        Kind::Record(fields) => {
            fields.push((name(random), ty(random, &[])));
            "field added"
        }
        Kind::Variant(cases) => {
            let with = random.one_in(2);
            cases.push((name(random), with.then(|| ty(random, &[]))));
            "case added"
        }
        Kind::Enum(cases) => {
            cases.push(name(random));
            "case added"
        }
        Kind::Flags(flags) => {
            flags.push(name(random));
            "flag added"
        }
        Kind::Alias(ty) => {
            *ty = "list<string>".into();
            "alias changed"
        }
        Kind::Resource(functions) => {
            functions.push(function(random, &[], "method"));
            "method added"
        }
        Kind::Use(..) => "nothing",
    }
}

fn added_type(model: &mut Model, random: &mut Random) -> &'static str {
    let (package, at) = any(model, random);
    let interface = &model.packages[package].interfaces[at];
    let (name, kind) = model.kind(random, package, interface);
    let interface = &mut model.packages[package].interfaces[at];
    interface.types.push((name, kind));
    let names = interface.names();
    interface.functions.push(function(random, &names, ""));
    "type added"
}

fn renamed_type(model: &mut Model, random: &mut Random) -> &'static str {
    let (package, at) = any(model, random);
    let interface = &mut model.packages[package].interfaces[at];
    if interface.types.is_empty() {
        return "nothing";
    }
    let at = random.below(interface.types.len());
    interface.types[at].0 = name(random);
    "type renamed"
}

/// A package again under another version, with a change.
fn second_version(model: &mut Model, random: &mut Random) -> &'static str {
    if model.packages.len() < 2 || model.imports.is_empty() {
        return "nothing";
    }
    let package = 1 + random.below(model.packages.len() - 1);
    let mut copy = model.packages[package].clone();
    copy.version = *random.pick(&[(2, 0, 0), (1, 1, 0), (0, 2, 0)]);
    if copy.interfaces.is_empty() {
        return "nothing";
    }
    copy.interfaces[0].functions.push(function(random, &[], ""));
    model.packages.push(copy);
    let at = model.packages.len() - 1;
    model.imports.push((at, 0));
    "second version"
}

fn version(model: &mut Model, random: &mut Random) -> &'static str {
    let package = random.below(model.packages.len());
    model.packages[package].version = *random.pick(&[(1, 0, 1), (1, 1, 0), (2, 0, 0), (1, 0, 0)]);
    "version changed"
}

fn renamed_interface(model: &mut Model, random: &mut Random) -> &'static str {
    let (package, at) = any(model, random);
    model.packages[package].interfaces[at].name = name(random);
    "interface renamed"
}

fn gate(model: &mut Model, random: &mut Random) -> &'static str {
    if random.one_in(3) {
        let (package, at) = any(model, random);
        let interface = &mut model.packages[package].interfaces[at];
        interface.unstable = !interface.unstable;
        return "interface's gate changed";
    }
    let functions = functions(model, random);
    if functions.is_empty() {
        return "nothing";
    }
    let at = random.below(functions.len());
    functions[at].unstable = !functions[at].unstable;
    "function's gate changed"
}

fn docs(model: &mut Model, random: &mut Random) -> &'static str {
    let functions = functions(model, random);
    if functions.is_empty() {
        return "nothing";
    }
    let at = random.below(functions.len());
    functions[at].docs += 1;
    "documentation changed"
}

fn world_functions(model: &mut Model, random: &mut Random) -> &'static str {
    let one = function(random, &[], "");
    match random.below(4) {
        0 => {
            model.export_functions.push(one);
            "export added"
        }
        1 if !model.import_functions.is_empty() => {
            model.import_functions.remove(0);
            "imported function removed"
        }
        _ => {
            model.import_functions.push(one);
            "imported function added"
        }
    }
}

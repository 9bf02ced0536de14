//! Bytes as decisions of which a component is made: one that imports some of what this host
//! has, and exports what its world wants, each more or less so. Then the same is asked as of
//! any component; but these are valid, and near to what fits.

use super::choices::Choices;
use super::component;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{
    Function, FunctionKind, InterfaceId, LiftLowerAbi, ManglingAndAbi, Param, Resolve, Span, Type,
    TypeDefKind, TypeId, WorldId, WorldItem,
};
use worldhost_command::Project;
use worldhost_fixture::plugin::Fixture;
use worldhost_wit::Offer;

pub fn run(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let (mut resolve, world) = wanted(&mut choices);
    for _ in 0..choices.below(4) {
        change(&mut resolve, world, &mut choices);
    }
    if let Ok(component) = encoded(&resolve, world) {
        component::run(&component);
    }
}

/// What the host has, and the names of its interfaces.
fn offer() -> &'static (Offer, Vec<String>) {
    static OFFER: OnceLock<(Offer, Vec<String>)> = OnceLock::new();
    OFFER.get_or_init(|| {
        let offer = Offer::new(Fixture::WIT).unwrap();
        let mut names: Vec<_> = offer.interfaces().map(|name| name.to_string()).collect();
        names.sort();
        (offer, names)
    })
}

const TYPES: [&str; 12] = [
    "string",
    "u8",
    "s64",
    "f32",
    "char",
    "bool",
    "list<u8>",
    "list<list<string>>",
    "option<option<u32>>",
    "result<string, u8>",
    "tuple<s8, string>",
    "result",
];

/// A world of what there is.
fn wanted(choices: &mut Choices) -> (Resolve, WorldId) {
    let (offer, names) = offer();
    // Each once.
    let imports: BTreeSet<&String> = (0..choices.below(4)).map(|_| choices.pick(names)).collect();
    let imports = imports.iter().map(|name| format!("import {name};\n"));
    let mut items: String = imports.collect();
    items += &process(choices);
    let text = format!("package test:guest; world guest {{ {items} }}");
    let mut resolve = offer.resolve().clone();
    let package = resolve.push_source("guest.wit", &text);
    let package = package.unwrap_or_else(|error| panic!("{error:#}\n{text}"));
    let world = resolve.select_world(&[package], Some("guest")).unwrap();
    (resolve, world)
}

/// What the host's world is to export, or nearly.
fn process(choices: &mut Choices) -> String {
    let way = choices.below(12);
    let mut ty = || choices.pick(&TYPES);
    match way {
        8 => String::new(),
        9 => format!("export process: func(input: {}) -> string;", ty()),
        10 => format!("export process: func(text: string) -> {};", ty()),
        11 => format!(
            "export process: func(input: string) -> string;
             export more: interface {{ resource r {{ constructor(a: {}); go: func() -> {}; }} }}",
            ty(),
            ty()
        ),
        _ => "export process: func(input: string) -> string;".into(),
    }
}

/// Something of what it imports becomes otherwise.
fn change(resolve: &mut Resolve, world: WorldId, choices: &mut Choices) {
    let imports = resolve.worlds[world].imports.values();
    let interfaces = imports.filter_map(|item| match item {
        WorldItem::Interface { id, .. } => Some(*id),
        _ => None,
    });
    let interfaces: Vec<InterfaceId> = interfaces.collect();
    if interfaces.is_empty() {
        return;
    }
    let interface = *choices.pick(&interfaces);
    let types: Vec<TypeId> = resolve.interfaces[interface]
        .types
        .values()
        .copied()
        .collect();
    let functions = resolve.interfaces[interface].functions.len();
    match choices.below(4) {
        0 => version(resolve, interface, choices),
        1 if !types.is_empty() => parts(resolve, *choices.pick(&types), &types, choices),
        _ if functions > 0 => {
            let at = choices.below(functions);
            function(resolve, interface, at, &types, choices);
        }
        _ => {}
    }
}

fn version(resolve: &mut Resolve, interface: InterfaceId, choices: &mut Choices) {
    let Some(package) = resolve.interfaces[interface].package else {
        return;
    };
    let mut name = resolve.packages[package].name.clone();
    let part = choices.below(3);
    if let Some(version) = &mut name.version {
        match part {
            0 => version.patch += 1,
            1 => version.minor += 1,
            _ => version.major += 1,
        }
    }
    // Two packages of one name are no case of this.
    if !resolve.package_names.contains_key(&name) {
        resolve.package_names.insert(name.clone(), package);
        resolve.packages[package].name = name;
    }
}

/// A type that is as simple as any, or one of these.
fn other(types: &[TypeId], resolve: &Resolve, choices: &mut Choices) -> Type {
    const SIMPLE: [Type; 6] = [
        Type::U8,
        Type::S64,
        Type::F32,
        Type::Char,
        Type::String,
        Type::Bool,
    ];
    // Itself or by another name, it is no type of a value.
    let resource = |id: &TypeId| {
        let mut kind = &resolve.types[*id].kind;
        while let TypeDefKind::Type(Type::Id(id)) = kind {
            kind = &resolve.types[*id].kind;
        }
        matches!(kind, TypeDefKind::Resource)
    };
    let types: Vec<Type> = types
        .iter()
        .filter(|id| !resource(id))
        .map(|id| Type::Id(*id))
        .chain(SIMPLE)
        .collect();
    *choices.pick(&types)
}

/// A field, case or flag more, or fewer, or of another type.
fn parts(resolve: &mut Resolve, id: TypeId, types: &[TypeId], choices: &mut Choices) {
    // What is before it cannot have it in itself.
    let before: Vec<TypeId> = types
        .iter()
        .copied()
        .take_while(|other| *other != id)
        .collect();
    let ty = other(&before, resolve, choices);
    let (way, at) = (choices.below(3), choices.below(64));
    match &mut resolve.types[id].kind {
        TypeDefKind::Record(record) => {
            let at = at % record.fields.len();
            match way {
                0 if record.fields.len() > 1 => drop(record.fields.remove(at)),
                1 => {
                    let mut field = record.fields[at].clone();
                    field.name += "-more";
                    record.fields.push(field);
                }
                _ => record.fields[at].ty = ty,
            }
        }
        TypeDefKind::Variant(variant) => {
            let at = at % variant.cases.len();
            match way {
                0 if variant.cases.len() > 1 => drop(variant.cases.remove(at)),
                1 => variant.cases[at].name += "-more",
                _ => variant.cases[at].ty = Some(ty),
            }
        }
        TypeDefKind::Enum(all) => match way {
            0 if all.cases.len() > 1 => drop(all.cases.pop()),
            _ => {
                let mut case = all.cases[0].clone();
                case.name += "-more";
                all.cases.push(case);
            }
        },
        TypeDefKind::Flags(all) => match way {
            0 if all.flags.len() > 1 => drop(all.flags.pop()),
            _ => {
                let mut flag = all.flags[0].clone();
                flag.name += "-more";
                all.flags.push(flag);
            }
        },
        // What has a name elsewhere may be a resource, of which there are handles.
        TypeDefKind::Type(Type::Id(_)) => {}
        kind @ TypeDefKind::Type(_) => *kind = TypeDefKind::Type(ty),
        _ => {}
    }
}

fn function(
    resolve: &mut Resolve,
    interface: InterfaceId,
    at: usize,
    types: &[TypeId],
    choices: &mut Choices,
) {
    let ty = other(types, resolve, choices);
    let functions = &mut resolve.interfaces[interface].functions;
    let Some((_, function)) = functions.get_index_mut(at) else {
        return;
    };
    // The first parameter of a method is its resource.
    let own = usize::from(matches!(
        function.kind,
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_)
    ));
    match choices.below(6) {
        0 => drop(functions.shift_remove_index(at)),
        1 => {
            if let FunctionKind::Freestanding = function.kind {
                let mut renamed: Function = function.clone();
                renamed.name += "-more";
                functions.shift_remove_index(at);
                functions.insert(renamed.name.clone(), renamed);
            }
        }
        2 if function.params.len() > own => {
            let at = own + choices.below(function.params.len() - own);
            function.params[at].ty = ty;
        }
        3 if function.params.len() > own => drop(function.params.pop()),
        4 => function.params.push(Param {
            name: "more".into(),
            ty,
            span: Span::default(),
        }),
        _ if function.result.is_some()
            && !matches!(function.kind, FunctionKind::Constructor(_)) =>
        {
            function.result = Some(ty);
        }
        _ => {}
    }
}

/// A component of the world that traps whatever is called; an error where the changes left
/// something that is none.
fn encoded(resolve: &Resolve, world: WorldId) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(resolve, world, mangling);
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)?;
    let mut encoder = ComponentEncoder::default()
        .module(&module)?
        .merge_imports_based_on_semver(false);
    Ok(encoder.encode()?)
}

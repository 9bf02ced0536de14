//! Types of components, read without recursion: wasmparser's own reader, and all who use
//! it, call themselves for each type in a type, until the stack is used up.

use super::budget::{Budget, Stop};
use super::plan::{Item, Space, Step, weight};
use wasmparser::{
    BinaryReader, ComponentAlias, ComponentDefinedType as Defined, ComponentExternName,
    ComponentFuncType, ComponentImport, ComponentType, ComponentTypeRef, ComponentValType,
    CoreType, TypeBounds,
};

/// The type of a component or instance that is being read.
struct Open<'a> {
    component: bool,
    left: u32,
    steps: Vec<Step<'a>>,
}

/// Reads so many types into `steps`, as far as they can be read. `depth` is how deep the
/// component is that they are in.
pub(super) fn read<'a>(
    reader: &mut BinaryReader<'a>,
    count: u32,
    depth: usize,
    steps: &mut Vec<Step<'a>>,
    budget: &mut Budget,
) -> Result<(), Stop> {
    let mut open = vec![Open {
        component: false,
        left: count,
        steps: Vec::new(),
    }];
    let end = read_all(reader, depth, &mut open, budget);
    // After an error, what was read of a type counts, whatever it was to be.
    while open.len() > 1 {
        close(&mut open);
    }
    steps.extend(open.into_iter().flat_map(|outermost| outermost.steps));
    end
}

fn read_all<'a>(
    reader: &mut BinaryReader<'a>,
    depth: usize,
    open: &mut Vec<Open<'a>>,
    budget: &mut Budget,
) -> Result<(), Stop> {
    loop {
        let within = open.len() - 1;
        let last = &mut open[within];
        if last.left == 0 {
            if within == 0 {
                return Ok(());
            }
            close(open);
            continue;
        }
        last.left -= 1;
        budget.items(1)?;
        match next(reader, within > 0)? {
            Next::Step(step) => {
                budget.items(parts(&step))?;
                last.steps.push(step);
            }
            Next::Open { component, count } => {
                budget.nesting(depth + open.len())?;
                open.push(Open {
                    component,
                    left: count,
                    steps: Vec::new(),
                });
            }
        }
    }
}

/// What is at its end becomes a type of what it is in.
fn close(open: &mut Vec<Open>) {
    if let Some(Open {
        component, steps, ..
    }) = open.pop()
        && let Some(outer) = open.last_mut()
    {
        outer.steps.push(Step::Scope { component, steps });
    }
}

/// How many parts a step keeps in memory.
fn parts(step: &Step) -> u64 {
    match step {
        Step::Sized { of, .. } => of.len() as u64,
        _ => 0,
    }
}

enum Next<'a> {
    Step(Step<'a>),
    Open { component: bool, count: u32 },
}

/// One type, or one declaration in the type of a component or instance.
fn next<'a>(reader: &mut BinaryReader<'a>, in_scope: bool) -> wasmparser::Result<Next<'a>> {
    if !in_scope {
        return ty(reader);
    }
    let step = match reader.read_u8()? {
        0x00 => core_type(&reader.read()?),
        0x01 => return ty(reader),
        0x02 => alias(reader.read()?),
        0x03 => {
            let ComponentImport { name, ty } = reader.read()?;
            Step::Item(item(name, ty, false))
        }
        _ => {
            let name = reader.read()?;
            Step::Item(item(name, reader.read()?, true))
        }
    };
    Ok(Next::Step(step))
}

fn ty<'a>(reader: &mut BinaryReader<'a>) -> wasmparser::Result<Next<'a>> {
    let begins = reader.clone().read_u8()?;
    if let COMPONENT | INSTANCE = begins {
        reader.read_u8()?;
        return Ok(Next::Open {
            component: begins == COMPONENT,
            count: reader.read_var_u32()?,
        });
    }
    Ok(Next::Step(match reader.read()? {
        ComponentType::Defined(defined) => defined_type(defined),
        ComponentType::Func(ComponentFuncType { params, result, .. }) => {
            let names = params.iter().map(|(name, _)| weight(name) + 1).sum::<u64>();
            sized(names, params.iter().map(|(_, ty)| ty).chain(&result))
        }
        _ => Step::Resource,
    }))
}

/// What the types begin with that have others in them.
const COMPONENT: u8 = 0x41;
const INSTANCE: u8 = 0x42;

fn defined_type<'a>(defined: Defined<'a>) -> Step<'a> {
    let names = |names: &[&str]| names.iter().map(|name| weight(name) + 1).sum::<u64>();
    match &defined {
        Defined::Record(fields) => {
            let names = fields.iter().map(|(name, _)| weight(name) + 1).sum();
            sized(names, fields.iter().map(|(_, ty)| ty))
        }
        Defined::Variant(cases) => {
            let names = cases.iter().map(|case| weight(case.name) + 1).sum();
            sized(names, cases.iter().filter_map(|case| case.ty.as_ref()))
        }
        Defined::Flags(flags) => sized(names(flags), []),
        Defined::Enum(cases) => sized(names(cases), []),
        Defined::Tuple(types) => sized(types.len() as u64, types),
        Defined::List(ty) | Defined::FixedLengthList(ty, _) | Defined::Option(ty) => sized(0, [ty]),
        Defined::Map(key, value) => sized(0, [key, value]),
        Defined::Result { ok, err } => sized(0, ok.iter().chain(err)),
        Defined::Future(ty) | Defined::Stream(ty) => sized(0, ty),
        Defined::Primitive(_) | Defined::Own(_) | Defined::Borrow(_) => sized(0, []),
    }
}

fn sized<'a, 't>(own: u64, of: impl IntoIterator<Item = &'t ComponentValType>) -> Step<'a> {
    Step::Sized {
        own: own + 1,
        of: of.into_iter().filter_map(index).collect(),
    }
}

fn index(ty: &ComponentValType) -> Option<u32> {
    match ty {
        ComponentValType::Type(index) => Some(*index),
        ComponentValType::Primitive(_) => None,
    }
}

pub(super) fn core_type<'a>(ty: &CoreType) -> Step<'a> {
    match ty {
        CoreType::Rec(group) => Step::CoreTypes {
            count: group.types().len() as u64,
            each: 1,
        },
        CoreType::Module(declared) => Step::CoreTypes {
            count: 1,
            each: 1 + declared.len() as u64,
        },
    }
}

/// Something that is imported, or in a type exported.
pub(super) fn item<'a>(
    name: ComponentExternName<'a>,
    ty: ComponentTypeRef,
    exported: bool,
) -> Item<'a> {
    let (space, name) = (ty.kind().into(), name.name);
    let ty = match ty {
        ComponentTypeRef::Module(index) => Some((Space::CoreType, index)),
        ComponentTypeRef::Value(ty) => index(&ty).map(|index| (Space::Type, index)),
        ComponentTypeRef::Type(TypeBounds::SubResource) => None,
        ComponentTypeRef::Type(TypeBounds::Eq(index))
        | ComponentTypeRef::Func(index)
        | ComponentTypeRef::Instance(index)
        | ComponentTypeRef::Component(index) => Some((Space::Type, index)),
    };
    Item {
        name,
        space,
        ty,
        exported,
    }
}

pub(super) fn alias<'a>(alias: ComponentAlias<'a>) -> Step<'a> {
    match alias {
        ComponentAlias::InstanceExport {
            kind,
            instance_index: instance,
            name,
        } => Step::Inner {
            space: kind.into(),
            instance,
            name,
        },
        ComponentAlias::CoreInstanceExport { .. } => Step::Other,
        ComponentAlias::Outer { kind, count, index } => Step::Outer {
            space: kind.into(),
            count,
            index,
        },
    }
}

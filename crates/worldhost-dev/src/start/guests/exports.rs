//! What a guest has to have.

use wit_parser::{
    Function, FunctionKind, InterfaceId, Resolve, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey,
};

/// All exports of a world.
pub(super) struct Exports<'a> {
    pub(super) resolve: &'a Resolve,
    /// The world's own.
    pub(super) functions: Vec<&'a Function>,
    pub(super) interfaces: Vec<Exported<'a>>,
}

/// An interface that is exported.
pub(super) struct Exported<'a> {
    pub(super) key: &'a WorldKey,
    pub(super) id: InterfaceId,
    /// In kebab case, as WIT has it.
    pub(super) name: String,
    /// Without those of its resources.
    pub(super) functions: Vec<&'a Function>,
    pub(super) resources: Vec<Resource<'a>>,
}

pub(super) struct Resource<'a> {
    pub(super) name: &'a str,
    pub(super) functions: Vec<&'a Function>,
}

impl<'a> Exports<'a> {
    pub(super) fn of(resolve: &'a Resolve, world: WorldId) -> Exports<'a> {
        let mut exports = Exports {
            resolve,
            functions: Vec::new(),
            interfaces: Vec::new(),
        };
        for (key, item) in &resolve.worlds[world].exports {
            match item {
                WorldItem::Function(function) => exports.functions.push(function),
                WorldItem::Interface { id, .. } => {
                    exports.interfaces.push(exported(resolve, key, *id));
                }
                WorldItem::Type { .. } => {}
            }
        }
        exports
    }
}

fn exported<'a>(resolve: &'a Resolve, key: &'a WorldKey, id: InterfaceId) -> Exported<'a> {
    let interface = &resolve.interfaces[id];
    let all = || interface.functions.values();
    let resources = interface
        .types
        .iter()
        .filter(|(_, ty)| matches!(resolve.types[**ty].kind, TypeDefKind::Resource));
    let name = match (key, &interface.name) {
        (WorldKey::Name(name), _) => name.clone(),
        (_, name) => name.clone().unwrap_or_default(),
    };
    Exported {
        key,
        id,
        name,
        functions: all()
            .filter(|function| resource_of(function).is_none())
            .collect(),
        resources: resources
            .map(|(name, ty)| Resource {
                name,
                functions: all()
                    .filter(|function| resource_of(function) == Some(*ty))
                    .collect(),
            })
            .collect(),
    }
}

fn resource_of(function: &Function) -> Option<TypeId> {
    match function.kind {
        FunctionKind::Method(ty)
        | FunctionKind::AsyncMethod(ty)
        | FunctionKind::Static(ty)
        | FunctionKind::AsyncStatic(ty)
        | FunctionKind::Constructor(ty) => Some(ty),
        FunctionKind::Freestanding | FunctionKind::AsyncFreestanding => None,
    }
}

/// Whether it has an instance to work on, which is its first parameter.
pub(super) fn has_self(function: &Function) -> bool {
    matches!(
        function.kind,
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_)
    )
}

pub(super) fn is_static(function: &Function) -> bool {
    matches!(
        function.kind,
        FunctionKind::Static(_) | FunctionKind::AsyncStatic(_)
    )
}

pub(super) fn is_constructor(function: &Function) -> bool {
    matches!(function.kind, FunctionKind::Constructor(_))
}

pub(super) fn is_async(function: &Function) -> bool {
    matches!(
        function.kind,
        FunctionKind::AsyncFreestanding
            | FunctionKind::AsyncMethod(_)
            | FunctionKind::AsyncStatic(_)
    )
}

/// The names of the parameters, without that of the instance.
pub(super) fn parameters(function: &Function) -> impl Iterator<Item = &str> {
    let skip = usize::from(has_self(function));
    function
        .params
        .iter()
        .skip(skip)
        .map(|param| param.name.as_str())
}

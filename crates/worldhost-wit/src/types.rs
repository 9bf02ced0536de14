//! What is behind a type, and what is in it.

use std::collections::HashSet;
use wit_parser::{Function, Handle, Resolve, Type, TypeDefKind, TypeId};

/// The type behind any number of other names.
pub(crate) fn behind(resolve: &Resolve, ty: &Type) -> Type {
    match ty {
        Type::Id(id) => match &resolve.types[*id].kind {
            TypeDefKind::Type(ty) => behind(resolve, ty),
            _ => *ty,
        },
        _ => *ty,
    }
}

/// As [`behind`], of a type that is defined somewhere.
pub(crate) fn definition(resolve: &Resolve, id: TypeId) -> TypeId {
    match behind(resolve, &Type::Id(id)) {
        Type::Id(id) => id,
        _ => id,
    }
}

/// Every defined type that a function's parameters and result reach, through other
/// names, parts and handles: the resources among them too.
pub fn reached(resolve: &Resolve, function: &Function) -> HashSet<TypeId> {
    let mut found = HashSet::new();
    let params = function.params.iter().map(|param| param.ty);
    for ty in params.chain(function.result) {
        reach(resolve, ty, &mut found);
    }
    found
}

fn reach(resolve: &Resolve, ty: Type, found: &mut HashSet<TypeId>) {
    let Type::Id(id) = ty else {
        return;
    };
    if !found.insert(id) {
        return;
    }
    let mut go = |ty: &Type| reach(resolve, *ty, found);
    match &resolve.types[id].kind {
        TypeDefKind::Record(record) => record.fields.iter().for_each(|f| go(&f.ty)),
        TypeDefKind::Variant(variant) => {
            variant
                .cases
                .iter()
                .filter_map(|c| c.ty.as_ref())
                .for_each(go);
        }
        TypeDefKind::Tuple(tuple) => tuple.types.iter().for_each(go),
        TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).for_each(go),
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => go(ty),
        TypeDefKind::Map(key, value) => [key, value].into_iter().for_each(go),
        TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => ty.iter().for_each(go),
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => go(&Type::Id(*id)),
        TypeDefKind::Resource
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => {}
    }
}

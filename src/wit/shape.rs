//! Whether two types, of the world before and of the world now, are the same to
//! a compiled component: names of aliases and of owners do not matter, names of
//! fields, cases and resources do.

use super::surface::behind;
use std::collections::HashSet;
use wit_parser::{Function, FunctionKind, Handle, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

/// Compares types of two resolves.
#[derive(Clone, Copy)]
pub(super) struct Shapes<'a> {
    pub(super) old: &'a Resolve,
    pub(super) new: &'a Resolve,
}

impl Shapes<'_> {
    /// Whether a compiled caller of one can call the other. Wasmtime does not
    /// look at the names of parameters.
    pub(super) fn same_function(&self, old: &Function, new: &Function) -> bool {
        let kind = |function: &Function| {
            matches!(
                function.kind,
                FunctionKind::AsyncFreestanding
                    | FunctionKind::AsyncMethod(_)
                    | FunctionKind::AsyncStatic(_)
            )
        };
        kind(old) == kind(new)
            && old.params.len() == new.params.len()
            && old
                .params
                .iter()
                .zip(&new.params)
                .all(|(a, b)| self.same(&a.ty, &b.ty))
            && self.same_option(&old.result, &new.result)
    }

    /// Whether both have the same parameter names too.
    pub(super) fn same_names(&self, old: &Function, new: &Function) -> bool {
        let names = |f: &Function| f.params.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
        names(old) == names(new)
    }

    pub(super) fn same_type(&self, old: TypeId, new: TypeId) -> bool {
        self.same(&Type::Id(old), &Type::Id(new))
    }

    fn same(&self, old: &Type, new: &Type) -> bool {
        match (plain(self.old, old), plain(self.new, new)) {
            (Type::Id(old), Type::Id(new)) => self.same_definition(old, new),
            (old, new) => old == new,
        }
    }

    fn same_option(&self, old: &Option<Type>, new: &Option<Type>) -> bool {
        match (old, new) {
            (Some(old), Some(new)) => self.same(old, new),
            (None, None) => true,
            _ => false,
        }
    }

    fn same_definition(&self, old_id: TypeId, new_id: TypeId) -> bool {
        use TypeDefKind as K;
        match (&self.old.types[old_id].kind, &self.new.types[new_id].kind) {
            (K::Resource, K::Resource) => {
                resource_name(self.old, old_id) == resource_name(self.new, new_id)
            }
            (K::Handle(Handle::Own(a)), K::Handle(Handle::Own(b)))
            | (K::Handle(Handle::Borrow(a)), K::Handle(Handle::Borrow(b))) => {
                self.same_type(*a, *b)
            }
            (K::Record(a), K::Record(b)) => all(&a.fields, &b.fields, |a, b| {
                a.name == b.name && self.same(&a.ty, &b.ty)
            }),
            (K::Variant(a), K::Variant(b)) => all(&a.cases, &b.cases, |a, b| {
                a.name == b.name && self.same_option(&a.ty, &b.ty)
            }),
            (K::Flags(a), K::Flags(b)) => all(&a.flags, &b.flags, |a, b| a.name == b.name),
            (K::Enum(a), K::Enum(b)) => all(&a.cases, &b.cases, |a, b| a.name == b.name),
            (K::Tuple(a), K::Tuple(b)) => all(&a.types, &b.types, |a, b| self.same(a, b)),
            (K::Result(a), K::Result(b)) => {
                self.same_option(&a.ok, &b.ok) && self.same_option(&a.err, &b.err)
            }
            (K::Option(a), K::Option(b)) | (K::List(a), K::List(b)) => self.same(a, b),
            (K::Map(a, c), K::Map(b, d)) => self.same(a, b) && self.same(c, d),
            (K::FixedLengthList(a, n), K::FixedLengthList(b, m)) => n == m && self.same(a, b),
            (K::Future(a), K::Future(b)) | (K::Stream(a), K::Stream(b)) => self.same_option(a, b),
            _ => false,
        }
    }
}

fn all<T>(old: &[T], new: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(a, b)| same(a, b))
}

/// Through aliases, to a definition or a type of the language.
fn plain(resolve: &Resolve, ty: &Type) -> Type {
    let Type::Id(id) = ty else {
        return *ty;
    };
    let id = behind(resolve, *id);
    match resolve.types[id].kind {
        TypeDefKind::Type(ty) => ty,
        _ => Type::Id(id),
    }
}

/// A resource is the one of its interface, whatever the version.
fn resource_name(resolve: &Resolve, id: TypeId) -> (String, Option<String>) {
    let ty = &resolve.types[id];
    let owner = match ty.owner {
        TypeOwner::Interface(interface) => resolve.id_of(interface).unwrap_or_default(),
        _ => String::new(),
    };
    let owner = owner.split('@').next().unwrap_or_default().to_string();
    (owner, ty.name.clone())
}

/// Every named type that a function reaches.
pub(super) fn reached(resolve: &Resolve, function: &Function) -> HashSet<TypeId> {
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

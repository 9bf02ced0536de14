//! Types as wit-bindgen writes them in the Rust of a guest.

use crate::rust;
use wit_parser::{
    Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem,
    WorldKey,
};
use worldhost_wit::Side;

/// Where a type is named.
pub(super) struct Types<'a> {
    pub(super) resolve: &'a Resolve,
    pub(super) world: WorldId,
    /// The exported interface that a function is of.
    pub(super) exported: Option<(&'a WorldKey, InterfaceId)>,
}

impl Types<'_> {
    pub(super) fn of(&self, ty: &Type) -> String {
        match ty {
            Type::Bool => "bool".into(),
            Type::U8 => "u8".into(),
            Type::U16 => "u16".into(),
            Type::U32 => "u32".into(),
            Type::U64 => "u64".into(),
            Type::S8 => "i8".into(),
            Type::S16 => "i16".into(),
            Type::S32 => "i32".into(),
            Type::S64 => "i64".into(),
            Type::F32 => "f32".into(),
            Type::F64 => "f64".into(),
            Type::Char => "char".into(),
            Type::String => "String".into(),
            Type::ErrorContext => "wit_bindgen::ErrorContext".into(),
            Type::Id(id) => self.defined(*id),
        }
    }

    fn defined(&self, id: TypeId) -> String {
        let found = &self.resolve.types[id];
        if let Some(name) = &found.name {
            return self.path(id, &rust::resource_type(name));
        }
        let some = |ty: &Option<Type>| ty.as_ref().map_or("()".into(), |ty| self.of(ty));
        match &found.kind {
            TypeDefKind::Tuple(tuple) => {
                let parts = tuple.types.iter().map(|ty| self.of(ty) + ", ");
                let parts: String = parts.collect();
                // Of one, the comma makes it a tuple.
                let parts = match tuple.types.len() {
                    1 => parts.trim_end(),
                    _ => parts.trim_end_matches(", "),
                };
                format!("({parts})")
            }
            TypeDefKind::Option(ty) => format!("Option<{}>", self.of(ty)),
            TypeDefKind::Result(result) => {
                format!("Result<{}, {}>", some(&result.ok), some(&result.err))
            }
            TypeDefKind::List(ty) => format!("Vec<{}>", self.of(ty)),
            TypeDefKind::FixedLengthList(ty, n) => format!("[{}; {n}]", self.of(ty)),
            TypeDefKind::Map(key, value) => {
                format!("wit_bindgen::rt::Map<{}, {}>", self.of(key), self.of(value))
            }
            TypeDefKind::Stream(ty) => format!("wit_bindgen::StreamReader<{}>", some(ty)),
            TypeDefKind::Future(ty) => format!("wit_bindgen::FutureReader<{}>", some(ty)),
            TypeDefKind::Handle(Handle::Own(id)) => self.defined(*id),
            TypeDefKind::Handle(Handle::Borrow(id)) => match self.is_own(*id) {
                true => self.defined(*id) + "Borrow<'_>",
                false => format!("&{}", self.defined(*id)),
            },
            TypeDefKind::Type(ty) => self.of(ty),
            _ => "()".into(),
        }
    }

    /// Whether a resource is of the interface that is exported.
    fn is_own(&self, id: TypeId) -> bool {
        let found = &self.resolve.types[id];
        match found.kind {
            TypeDefKind::Type(Type::Id(behind)) => self.is_own(behind),
            _ => self
                .exported
                .is_some_and(|(_, own)| found.owner == TypeOwner::Interface(own)),
        }
    }

    fn path(&self, id: TypeId, name: &str) -> String {
        let TypeOwner::Interface(owner) = self.resolve.types[id].owner else {
            return name.to_string();
        };
        let own = self.exported.filter(|(_, id)| *id == owner);
        let module = match own {
            Some((key, id)) => rust::module(self.resolve, Side::Export, key, id),
            None => {
                let imports = &self.resolve.worlds[self.world].imports;
                let found = imports.iter().find(
                    |(_, item)| matches!(item, WorldItem::Interface { id, .. } if *id == owner),
                );
                found.map_or_else(Vec::new, |(key, _)| {
                    rust::module(self.resolve, Side::Import, key, owner)
                })
            }
        };
        let parts = module.into_iter().chain([name.to_string()]);
        parts.collect::<Vec<_>>().join("::")
    }
}

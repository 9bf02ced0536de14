//! The types of values, in WIT's words.

use std::fmt::{self, Write};
use wasmtime::component::{ResourceType, types::Type};

/// The names of a component's resources.
#[derive(Default)]
pub(crate) struct Resources(Vec<Resource>);

struct Resource {
    ty: ResourceType,
    name: String,
    /// Where it is from; none at the root.
    interface: Option<String>,
}

impl Resources {
    pub fn add(&mut self, ty: ResourceType, interface: Option<&str>, name: &str) {
        if self.find(&ty).is_none() {
            self.0.push(Resource {
                ty,
                name: name.to_string(),
                interface: interface.map(String::from),
            });
        }
    }

    fn find(&self, ty: &ResourceType) -> Option<&Resource> {
        self.0.iter().find(|known| known.ty == *ty)
    }

    pub fn name(&self, ty: &ResourceType) -> &str {
        self.find(ty).map_or("resource", |known| &known.name)
    }

    /// The resource with where it is from, to tell it from others of its name:
    /// `counter of acme:tools/count@1.0.0`.
    pub fn origin(&self, ty: &ResourceType) -> String {
        let interface = self.find(ty).and_then(|known| known.interface.as_deref());
        let from = interface.unwrap_or("the component itself");
        format!("{} of {from}", self.name(ty))
    }

    /// The type in WIT; records and the like have no name here and are spelt out.
    pub fn text(&self, ty: &Type) -> String {
        let mut text = String::new();
        // A string takes all.
        let _ = self.write(ty, &mut text);
        text
    }

    /// The same for a message, which is not to be longer than a line or two.
    pub fn short(&self, ty: &Type) -> String {
        let mut text = Short::default();
        match self.write(ty, &mut text) {
            Ok(()) => text.0,
            Err(_) => text.0 + "…",
        }
    }

    fn write(&self, ty: &Type, to: &mut dyn Write) -> fmt::Result {
        match ty {
            Type::Bool => to.write_str("bool"),
            Type::S8 => to.write_str("s8"),
            Type::U8 => to.write_str("u8"),
            Type::S16 => to.write_str("s16"),
            Type::U16 => to.write_str("u16"),
            Type::S32 => to.write_str("s32"),
            Type::U32 => to.write_str("u32"),
            Type::S64 => to.write_str("s64"),
            Type::U64 => to.write_str("u64"),
            Type::Float32 => to.write_str("f32"),
            Type::Float64 => to.write_str("f64"),
            Type::Char => to.write_str("char"),
            Type::String => to.write_str("string"),
            Type::ErrorContext => to.write_str("error-context"),
            Type::List(list) => self.of("list", &[Some(list.ty())], to),
            Type::FixedLengthList(list) => {
                to.write_str("list<")?;
                self.write(&list.ty(), to)?;
                write!(to, ", {}>", list.len())
            }
            Type::Map(map) => self.of("map", &[Some(map.key()), Some(map.value())], to),
            Type::Option(option) => self.of("option", &[Some(option.ty())], to),
            Type::Tuple(tuple) => {
                let types: Vec<_> = tuple.types().map(Some).collect();
                self.of("tuple", &types, to)
            }
            Type::Result(result) => match (result.ok(), result.err()) {
                (None, None) => to.write_str("result"),
                (ok, None) => self.of("result", &[ok], to),
                (ok, err) => self.of("result", &[ok, err], to),
            },
            Type::Own(resource) => to.write_str(self.name(resource)),
            Type::Borrow(resource) => write!(to, "borrow<{}>", self.name(resource)),
            Type::Future(future) => self.maybe_of("future", future.ty(), to),
            Type::Stream(stream) => self.maybe_of("stream", stream.ty(), to),
            Type::Record(record) => {
                let fields = record.fields();
                self.members("record", ": ", fields.map(|f| (f.name, Some(f.ty))), to)
            }
            Type::Variant(variant) => {
                let cases = variant.cases();
                self.members("variant", "(", cases.map(|case| (case.name, case.ty)), to)
            }
            Type::Enum(cases) => {
                self.members("enum", "", cases.names().map(|name| (name, None)), to)
            }
            Type::Flags(flags) => {
                self.members("flags", "", flags.names().map(|name| (name, None)), to)
            }
        }
    }

    fn members<'a>(
        &self,
        kind: &str,
        before_type: &str,
        members: impl Iterator<Item = (&'a str, Option<Type>)>,
        to: &mut dyn Write,
    ) -> fmt::Result {
        to.write_str(kind)?;
        to.write_str(" { ")?;
        for (at, (name, ty)) in members.enumerate() {
            if at > 0 {
                to.write_str(", ")?;
            }
            to.write_str(name)?;
            if let Some(ty) = ty {
                to.write_str(before_type)?;
                self.write(&ty, to)?;
                if before_type == "(" {
                    to.write_str(")")?;
                }
            }
        }
        to.write_str(" }")
    }

    fn of(&self, kind: &str, types: &[Option<Type>], to: &mut dyn Write) -> fmt::Result {
        to.write_str(kind)?;
        for (at, ty) in types.iter().enumerate() {
            to.write_str(if at == 0 { "<" } else { ", " })?;
            match ty {
                Some(ty) => self.write(ty, to)?,
                None => to.write_str("_")?,
            }
        }
        to.write_str(">")
    }

    fn maybe_of(&self, kind: &str, ty: Option<Type>, to: &mut dyn Write) -> fmt::Result {
        match ty {
            Some(ty) => self.of(kind, &[Some(ty)], to),
            None => to.write_str(kind),
        }
    }
}

/// Text up to a length, which is an error to go beyond.
#[derive(Default)]
struct Short(String);

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        const MOST: usize = 160;
        let left = MOST.saturating_sub(self.0.chars().count());
        match text.char_indices().nth(left) {
            None => self.0.push_str(text),
            Some((end, _)) => {
                self.0.push_str(&text[..end]);
                return Err(fmt::Error);
            }
        }
        Ok(())
    }
}

/// The types directly inside a type.
pub(crate) fn inner(ty: &Type) -> Vec<Type> {
    match ty {
        Type::List(list) => vec![list.ty()],
        Type::FixedLengthList(list) => vec![list.ty()],
        Type::Map(map) => vec![map.key(), map.value()],
        Type::Option(option) => vec![option.ty()],
        Type::Tuple(tuple) => tuple.types().collect(),
        Type::Record(record) => record.fields().map(|field| field.ty).collect(),
        Type::Variant(variant) => variant.cases().filter_map(|case| case.ty).collect(),
        Type::Result(result) => result.ok().into_iter().chain(result.err()).collect(),
        _ => Vec::new(),
    }
}

/// What comes by a stream or future, if the type is one.
pub(crate) fn payload(ty: &Type) -> Option<Type> {
    match ty {
        Type::Stream(stream) => stream.ty(),
        Type::Future(future) => future.ty(),
        _ => None,
    }
}

/// What of a type cannot be given as text.
pub(crate) fn cannot_be_given(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::ErrorContext => Some("error-context"),
        ty => {
            let mut inner = inner(ty).into_iter().chain(payload(ty));
            inner.find_map(|ty| cannot_be_given(&ty))
        }
    }
}

/// Whether there may be a stream or future in a value of the type.
pub(crate) fn has_flows(ty: &Type) -> bool {
    matches!(ty, Type::Stream(_) | Type::Future(_)) || inner(ty).iter().any(has_flows)
}

pub(crate) fn may_hold_handles(ty: &Type) -> bool {
    let is_handle = matches!(ty, Type::Own(_) | Type::Borrow(_)) || has_flows(ty);
    is_handle || inner(ty).iter().any(may_hold_handles)
}

/// The resources that a value of the type may hold.
pub(crate) fn resources_in(ty: &Type) -> Vec<ResourceType> {
    match ty {
        Type::Own(resource) | Type::Borrow(resource) => vec![*resource],
        ty => inner(ty).iter().flat_map(resources_in).collect(),
    }
}

/// Those too that come by streams in it.
pub(crate) fn resources_behind(ty: &Type) -> Vec<ResourceType> {
    match ty {
        Type::Own(resource) | Type::Borrow(resource) => vec![*resource],
        ty => {
            let inner = inner(ty).into_iter().chain(payload(ty));
            inner.flat_map(|ty| resources_behind(&ty)).collect()
        }
    }
}

/// Whether a value of the type, or what comes by a stream in it, may hold a handle for a
/// place of type `wanted`.
pub(crate) fn may_hold(ty: &Type, wanted: &Type) -> bool {
    is_handle_for(ty, wanted)
        || inner(ty).iter().any(|ty| may_hold(ty, wanted))
        || payload(ty).is_some_and(|ty| may_hold(&ty, wanted))
}

/// Whether a handle of the type is one for a place of type `wanted`: lent, it stays.
pub(crate) fn is_handle_for(ty: &Type, wanted: &Type) -> bool {
    match (ty, wanted) {
        (Type::Own(ours) | Type::Borrow(ours), Type::Own(other) | Type::Borrow(other)) => {
            ours == other
        }
        (Type::Stream(_) | Type::Future(_), wanted) => ty == wanted,
        _ => false,
    }
}

//! The types of values, in WIT's words.

use wasmtime::component::{ResourceType, types::Type};

/// The names of a component's resources.
#[derive(Default)]
pub(crate) struct Resources(Vec<(ResourceType, String)>);

impl Resources {
    pub fn add(&mut self, ty: ResourceType, name: &str) {
        if self.0.iter().all(|(known, _)| *known != ty) {
            self.0.push((ty, name.to_string()));
        }
    }

    pub fn name(&self, ty: &ResourceType) -> &str {
        let known = self.0.iter().find(|(known, _)| known == ty);
        known.map_or("resource", |(_, name)| name)
    }

    /// The type in WIT; records and the like have no name here and are spelt out.
    pub fn text(&self, ty: &Type) -> String {
        match ty {
            Type::Bool => "bool".into(),
            Type::S8 => "s8".into(),
            Type::U8 => "u8".into(),
            Type::S16 => "s16".into(),
            Type::U16 => "u16".into(),
            Type::S32 => "s32".into(),
            Type::U32 => "u32".into(),
            Type::S64 => "s64".into(),
            Type::U64 => "u64".into(),
            Type::Float32 => "f32".into(),
            Type::Float64 => "f64".into(),
            Type::Char => "char".into(),
            Type::String => "string".into(),
            Type::ErrorContext => "error-context".into(),
            Type::List(list) => format!("list<{}>", self.text(&list.ty())),
            Type::FixedLengthList(list) => {
                format!("list<{}, {}>", self.text(&list.ty()), list.len())
            }
            Type::Map(map) => {
                format!(
                    "map<{}, {}>",
                    self.text(&map.key()),
                    self.text(&map.value())
                )
            }
            Type::Option(option) => format!("option<{}>", self.text(&option.ty())),
            Type::Tuple(tuple) => {
                let types: Vec<String> = tuple.types().map(|ty| self.text(&ty)).collect();
                format!("tuple<{}>", types.join(", "))
            }
            Type::Result(result) => self.result(result.ok(), result.err()),
            Type::Own(resource) => self.name(resource).to_string(),
            Type::Borrow(resource) => format!("borrow<{}>", self.name(resource)),
            Type::Future(future) => self.of("future", future.ty()),
            Type::Stream(stream) => self.of("stream", stream.ty()),
            Type::Record(_) | Type::Variant(_) | Type::Enum(_) | Type::Flags(_) => self.members(ty),
        }
    }

    fn members(&self, ty: &Type) -> String {
        let (kind, members): (_, Vec<String>) = match ty {
            Type::Record(record) => {
                let field = |name: &str, ty: &Type| format!("{name}: {}", self.text(ty));
                let fields = record.fields().map(|f| field(f.name, &f.ty));
                ("record", fields.collect())
            }
            Type::Variant(variant) => {
                let cases = variant.cases().map(|case| match case.ty {
                    Some(ty) => format!("{}({})", case.name, self.text(&ty)),
                    None => case.name.to_string(),
                });
                ("variant", cases.collect())
            }
            Type::Enum(cases) => ("enum", cases.names().map(String::from).collect()),
            Type::Flags(flags) => ("flags", flags.names().map(String::from).collect()),
            _ => return self.text(ty),
        };
        format!("{kind} {{ {} }}", members.join(", "))
    }

    fn result(&self, ok: Option<Type>, err: Option<Type>) -> String {
        match (ok, err) {
            (None, None) => "result".to_string(),
            (Some(ok), None) => format!("result<{}>", self.text(&ok)),
            (None, Some(err)) => format!("result<_, {}>", self.text(&err)),
            (Some(ok), Some(err)) => format!("result<{}, {}>", self.text(&ok), self.text(&err)),
        }
    }

    fn of(&self, kind: &str, ty: Option<Type>) -> String {
        match ty {
            Some(ty) => format!("{kind}<{}>", self.text(&ty)),
            None => kind.to_string(),
        }
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

/// What of a type has no text: values that are still under way.
pub(crate) fn unsupported(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Future(_) => Some("future"),
        Type::Stream(_) => Some("stream"),
        Type::Map(_) => Some("map"),
        Type::ErrorContext => Some("error-context"),
        ty => inner(ty).iter().find_map(unsupported),
    }
}

/// The resources that a value of the type may hold.
pub(crate) fn resources_in(ty: &Type) -> Vec<ResourceType> {
    match ty {
        Type::Own(resource) | Type::Borrow(resource) => vec![*resource],
        ty => inner(ty).iter().flat_map(resources_in).collect(),
    }
}

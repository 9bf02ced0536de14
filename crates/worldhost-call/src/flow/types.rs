//! Types as text of a component, in which those with members have a name.

use std::fmt::Write;
use wasmtime::component::ResourceType;
use wasmtime::component::types::Type;

/// The types of one component, as they are written.
#[derive(Default)]
pub(super) struct Types {
    /// The definitions.
    pub text: String,
    /// The resources, imported as `r0`, `r1` and so on.
    pub resources: Vec<ResourceType>,
    defined: usize,
}

impl Types {
    /// How the type is written where one is used, with what that takes defined before.
    pub fn used(&mut self, ty: &Type) -> String {
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
            Type::List(list) => self.of("list", &[Some(list.ty())]),
            Type::FixedLengthList(list) => {
                let element = self.used(&list.ty());
                self.defined(&format!("(list {element} {})", list.len()))
            }
            Type::Map(map) => self.of("map", &[Some(map.key()), Some(map.value())]),
            Type::Option(option) => self.of("option", &[Some(option.ty())]),
            Type::Tuple(tuple) => {
                let types: Vec<_> = tuple.types().map(Some).collect();
                self.of("tuple", &types)
            }
            Type::Result(result) => {
                let ok = self.maybe(result.ok());
                let err = self.maybe(result.err());
                match err.as_str() {
                    "" => self.defined(&format!("(result {ok})")),
                    err => self.defined(&format!("(result {ok} (error {err}))")),
                }
            }
            Type::Own(resource) => {
                let resource = self.resource(*resource);
                self.defined(&format!("(own $r{resource})"))
            }
            Type::Borrow(resource) => {
                let resource = self.resource(*resource);
                self.defined(&format!("(borrow $r{resource})"))
            }
            Type::Future(future) => self.of("future", &[future.ty()]),
            Type::Stream(stream) => self.of("stream", &[stream.ty()]),
            Type::Record(record) => {
                let fields: Vec<_> = record
                    .fields()
                    .map(|f| format!("(field \"{}\" {})", f.name, self.used(&f.ty)))
                    .collect();
                self.named("record", &fields)
            }
            Type::Variant(variant) => {
                let cases: Vec<_> = variant
                    .cases()
                    .map(|case| format!("(case \"{}\" {})", case.name, self.maybe(case.ty)))
                    .collect();
                self.named("variant", &cases)
            }
            Type::Enum(cases) => {
                let names: Vec<_> = cases.names().map(|name| format!("\"{name}\"")).collect();
                self.named("enum", &names)
            }
            Type::Flags(flags) => {
                let names: Vec<_> = flags.names().map(|name| format!("\"{name}\"")).collect();
                self.named("flags", &names)
            }
        }
    }

    pub fn maybe(&mut self, ty: Option<Type>) -> String {
        ty.map_or(String::new(), |ty| self.used(&ty))
    }

    fn of(&mut self, kind: &str, types: &[Option<Type>]) -> String {
        let types: Vec<_> = types.iter().map(|ty| self.maybe(ty.clone())).collect();
        self.defined(&format!("({kind} {})", types.join(" ")))
    }

    fn defined(&mut self, definition: &str) -> String {
        let n = self.defined;
        self.defined += 1;
        // A string takes all.
        let _ = writeln!(self.text, "(type $d{n} {definition})");
        format!("$d{n}")
    }

    /// An export may have types with members in it only by a name, which an import of
    /// the type gives it.
    fn named(&mut self, kind: &str, members: &[String]) -> String {
        let members = members.join(" ");
        let definition = self.defined(&format!("({kind} {members})"));
        let n = self.defined;
        let _ = writeln!(
            self.text,
            "(import \"t{n}\" (type $t{n} (eq {definition})))"
        );
        format!("$t{n}")
    }

    fn resource(&mut self, ty: ResourceType) -> usize {
        if let Some(known) = self.resources.iter().position(|known| *known == ty) {
            return known;
        }
        let n = self.resources.len();
        self.resources.push(ty);
        let _ = writeln!(self.text, "(import \"r{n}\" (type $r{n} (sub resource)))");
        n
    }
}

//! A call with a placeholder for each value, to fill in.

use crate::export::Callable;
use crate::find::find;
use crate::types::Resources;
use crate::wave::write::{READY, label};
use wasmtime::component::types::Type;

impl Callable {
    /// The call in WAVE, with typed placeholders: `add(<a: u32>, <b: u32>)`.
    pub fn template(&self) -> String {
        self.call_of(&self.spelling())
    }

    /// The same, with as much of the interface as it takes to tell it from
    /// `others`, other versions of it included.
    pub fn template_among(&self, others: &[Callable]) -> String {
        let names = [self.spelling(), self.short_name(), self.full_name()];
        let is_clear =
            |name: &&String| find(others, name).is_ok_and(|found| found.older.is_empty());
        let clear = names.iter().find(is_clear);
        self.call_of(clear.unwrap_or(&self.name))
    }

    /// With the last part of the interface's name.
    fn short_name(&self) -> String {
        match self.bare_interface() {
            Some((_, last)) => format!("{last}#{}", self.spelling()),
            None => self.spelling(),
        }
    }

    fn call_of(&self, name: &str) -> String {
        let params: Vec<String> = self
            .ty
            .params()
            .map(|(name, ty)| placeholder(Some(name), &ty, &self.resources))
            .collect();
        format!("{name}({})", params.join(", "))
    }
}

/// The shape of a value, scalars as `<name: type>`.
fn placeholder(name: Option<&str>, ty: &Type, resources: &Resources) -> String {
    let inner = |ty: &Type| placeholder(None, ty, resources);
    let scalar = || match name {
        Some(name) => format!("<{name}: {}>", resources.text(ty)),
        None => format!("<{}>", resources.text(ty)),
    };
    match ty {
        Type::String => format!("\"{}\"", scalar()),
        Type::List(list) => format!("[{}]", inner(&list.ty())),
        Type::FixedLengthList(list) => {
            let elements = vec![inner(&list.ty()); list.len() as usize];
            format!("[{}]", elements.join(", "))
        }
        Type::Option(option) => match option.ty() {
            Type::Option(_) | Type::Result(_) => format!("some({})", inner(&option.ty())),
            _ => format!("some({})", placeholder(name, &option.ty(), resources)),
        },
        Type::Stream(stream) => match stream.ty() {
            Some(Type::U8) => format!("@{}", scalar()),
            Some(item) => format!("[{}]", inner(&item)),
            None => scalar(),
        },
        Type::Future(future) => match future.ty() {
            Some(item) => placeholder(name, &item, resources),
            None => READY.to_string(),
        },
        Type::Map(map) => format!("[({}, {})]", inner(&map.key()), inner(&map.value())),
        Type::Tuple(tuple) => {
            let values: Vec<String> = tuple.types().map(|ty| inner(&ty)).collect();
            format!("({})", values.join(", "))
        }
        Type::Record(record) => {
            let fields: Vec<String> = record
                .fields()
                .map(|field| format!("{}: {}", field.name, inner(&field.ty)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Type::Variant(_) | Type::Enum(_) | Type::Result(_) => {
            format!("<{}>", cases(ty, resources).join(" | "))
        }
        Type::Flags(flags) => {
            let flags: Vec<&str> = flags.names().collect();
            format!("{{{}}}", flags.join(", "))
        }
        Type::Own(resource) | Type::Borrow(resource) => {
            format!("<{} $N>", resources.name(resource))
        }
        _ => scalar(),
    }
}

/// The cases to choose from.
fn cases(ty: &Type, resources: &Resources) -> Vec<String> {
    let case = |name: &str, ty: Option<Type>| match ty {
        Some(ty) => format!("{name}({})", placeholder(None, &ty, resources)),
        None => name.to_string(),
    };
    let own = |name: &str, ty| case(&label(name), ty);
    match ty {
        Type::Variant(variant) => variant.cases().map(|c| own(c.name, c.ty)).collect(),
        Type::Enum(cases) => cases.names().map(|name| own(name, None)).collect(),
        Type::Result(result) => vec![case("ok", result.ok()), case("err", result.err())],
        _ => Vec::new(),
    }
}

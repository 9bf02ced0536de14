//! Functions and types of two WIT texts, side by side: what a component has, or was
//! built for, and what its host has.
//!
//! Names of aliases and of owners do not matter; names of fields, cases and resources do.

use crate::names::InterfaceName;
use crate::signature::type_name;
use crate::types::{behind, definition};
use wit_parser::{Function, Handle, Resolve, Type, TypeDef, TypeDefKind, TypeId, TypeOwner};

/// A comparison of types of two texts.
#[derive(Clone, Copy, Debug)]
pub struct Compare<'a> {
    /// What the component has, or was built for.
    pub component: &'a Resolve,
    /// What its host has.
    pub host: &'a Resolve,
    /// Whether parameters' names are part of the type. For values that cross
    /// between a component and Wasmtime they are not.
    pub names: bool,
    /// Whether `async` is part of the type.
    pub is_async: bool,
    /// Whether a resource is another one when the interface around it is of a version
    /// that is not compatible.
    pub versions: bool,
}

/// Where two types part, outermost place first, and what is there.
struct Difference {
    place: Vec<String>,
    component: String,
    host: String,
}

type Same = Result<(), Difference>;

impl<'a> Compare<'a> {
    /// The comparison that Wasmtime's linker makes.
    pub fn new(component: &'a Resolve, host: &'a Resolve) -> Self {
        Compare {
            component,
            host,
            names: false,
            is_async: true,
            versions: true,
        }
    }

    /// The first difference of two functions, in words; none when they are the same.
    pub fn functions(&self, component: &Function, host: &Function) -> Option<String> {
        Some(self.function(component, host).err()?.in_words())
    }

    /// The first difference of two types, in words; none when they are the same.
    pub fn types(&self, component: TypeId, host: TypeId) -> Option<String> {
        let same = self.ty(&Type::Id(component), &Type::Id(host));
        Some(same.err()?.in_words())
    }

    fn function(&self, component: &Function, host: &Function) -> Same {
        let (a, b) = (component.params.len(), host.params.len());
        if a != b {
            return Err(different(count(a, "parameter"), count(b, "parameter")));
        }
        for (a, b) in component.params.iter().zip(&host.params) {
            let place = || format!("parameter `{}`", a.name);
            self.ty(&a.ty, &b.ty).map_err(|d| d.at(place()))?;
            if self.names && a.name != b.name {
                return Err(different(place(), format!("`{}`", b.name)));
            }
        }
        let result = || "result".to_string();
        self.maybe(component.result.as_ref(), host.result.as_ref())
            .map_err(|d| d.at(result()))?;
        if self.is_async && component.kind.is_async() != host.kind.is_async() {
            let kind = |is_async| if is_async { "async func" } else { "func" };
            let (a, b) = (component.kind.is_async(), host.kind.is_async());
            return Err(different(kind(a), kind(b)));
        }
        Ok(())
    }

    fn ty(&self, a: &Type, b: &Type) -> Same {
        let (a, b) = (behind(self.component, a), behind(self.host, b));
        match (a, b) {
            (Type::Id(a), Type::Id(b)) => self.definition(a, b),
            (a, b) if a == b => Ok(()),
            (a, b) => Err(self.not(&a, &b)),
        }
    }

    fn definition(&self, a: TypeId, b: TypeId) -> Same {
        let not = || self.not(&Type::Id(a), &Type::Id(b));
        match (&self.component.types[a].kind, &self.host.types[b].kind) {
            (TypeDefKind::Record(x), TypeDefKind::Record(y)) => {
                let x: Vec<_> = x.fields.iter().map(|f| (&*f.name, Some(&f.ty))).collect();
                let y: Vec<_> = y.fields.iter().map(|f| (&*f.name, Some(&f.ty))).collect();
                self.members("field", &x, &y)
            }
            (TypeDefKind::Variant(x), TypeDefKind::Variant(y)) => {
                let x: Vec<_> = x.cases.iter().map(|c| (&*c.name, c.ty.as_ref())).collect();
                let y: Vec<_> = y.cases.iter().map(|c| (&*c.name, c.ty.as_ref())).collect();
                self.members("case", &x, &y)
            }
            (TypeDefKind::Enum(x), TypeDefKind::Enum(y)) => {
                let x: Vec<_> = x.cases.iter().map(|c| (&*c.name, None)).collect();
                let y: Vec<_> = y.cases.iter().map(|c| (&*c.name, None)).collect();
                self.members("case", &x, &y)
            }
            (TypeDefKind::Flags(x), TypeDefKind::Flags(y)) => {
                let x: Vec<_> = x.flags.iter().map(|f| (&*f.name, None)).collect();
                let y: Vec<_> = y.flags.iter().map(|f| (&*f.name, None)).collect();
                self.members("flag", &x, &y)
            }
            (TypeDefKind::Tuple(x), TypeDefKind::Tuple(y)) if x.types.len() == y.types.len() => {
                let mut both = x.types.iter().zip(&y.types);
                both.try_for_each(|(x, y)| self.ty(x, y).map_err(|d| d.at("tuple".into())))
            }
            (TypeDefKind::Option(x), TypeDefKind::Option(y)) => self.inside("option", x, y),
            (TypeDefKind::List(x), TypeDefKind::List(y)) => self.inside("list", x, y),
            (TypeDefKind::FixedLengthList(x, n), TypeDefKind::FixedLengthList(y, m)) if n == m => {
                self.inside("list", x, y)
            }
            (TypeDefKind::Map(k, v), TypeDefKind::Map(l, w)) => {
                self.inside("map", k, l)?;
                self.inside("map", v, w)
            }
            (TypeDefKind::Result(x), TypeDefKind::Result(y)) => {
                let at = |d: Difference, case: &str| d.at(format!("`{case}` of the result"));
                self.maybe(x.ok.as_ref(), y.ok.as_ref())
                    .map_err(|d| at(d, "ok"))?;
                self.maybe(x.err.as_ref(), y.err.as_ref())
                    .map_err(|d| at(d, "err"))
            }
            (kind @ TypeDefKind::Future(x), TypeDefKind::Future(y))
            | (kind @ TypeDefKind::Stream(x), TypeDefKind::Stream(y)) => {
                let same = self.maybe(x.as_ref(), y.as_ref());
                same.map_err(|d| d.at(kind.as_str().into()))
            }
            (TypeDefKind::Handle(x), TypeDefKind::Handle(y)) => match (x, y) {
                (Handle::Own(x), Handle::Own(y)) | (Handle::Borrow(x), Handle::Borrow(y)) => {
                    self.resources(*x, *y)
                }
                _ => Err(not()),
            },
            (TypeDefKind::Resource, TypeDefKind::Resource) => self.resources(a, b),
            _ => Err(not()),
        }
    }

    fn inside(&self, place: &str, a: &Type, b: &Type) -> Same {
        self.ty(a, b).map_err(|d| d.at(place.to_string()))
    }

    fn maybe(&self, a: Option<&Type>, b: Option<&Type>) -> Same {
        match (a, b) {
            (None, None) => Ok(()),
            (Some(a), Some(b)) => self.ty(a, b),
            (Some(a), None) => Err(different(type_name(self.component, a), "nothing")),
            (None, Some(b)) => Err(different("nothing", type_name(self.host, b))),
        }
    }

    fn members(
        &self,
        what: &str,
        a: &[(&str, Option<&Type>)],
        b: &[(&str, Option<&Type>)],
    ) -> Same {
        for (&(name, x), &(other, y)) in a.iter().zip(b) {
            if name != other {
                let named = |name| format!("{what} `{name}`");
                return Err(different(named(name), named(other)));
            }
            self.maybe(x, y)
                .map_err(|d| d.at(format!("{what} `{name}`")))?;
        }
        match a.len() == b.len() {
            true => Ok(()),
            false => Err(different(count(a.len(), what), count(b.len(), what))),
        }
    }

    /// Resources have no structure: they are the same by where they are declared.
    fn resources(&self, a: TypeId, b: TypeId) -> Same {
        let (a, b) = (definition(self.component, a), definition(self.host, b));
        let (x, y) = (&self.component.types[a], &self.host.types[b]);
        let (home, other) = (home(self.component, x), home(self.host, y));
        let same_home = match (&home, &other) {
            (Some(a), Some(b)) if self.versions => a.compatible(b),
            (Some(a), Some(b)) => a.base() == b.base(),
            (a, b) => a.is_none() && b.is_none(),
        };
        if x.name == y.name && same_home {
            return Ok(());
        }
        let full = |ty: &TypeDef, home: Option<InterfaceName>| {
            let name = ty.name.as_deref().unwrap_or("?");
            let home = home.map(|home| format!(" of {home}")).unwrap_or_default();
            format!("resource {name}{home}")
        };
        Err(different(full(x, home), full(y, other)))
    }

    fn not(&self, a: &Type, b: &Type) -> Difference {
        different(described(self.component, a), described(self.host, b))
    }
}

impl Difference {
    fn in_words(self) -> String {
        let place = match self.place.as_slice() {
            [] => String::new(),
            place => format!("{}: ", place.join(", ")),
        };
        format!("{place}{} is not {}", self.component, self.host)
    }

    fn at(mut self, place: String) -> Self {
        self.place.insert(0, place);
        self
    }
}

fn different(component: impl Into<String>, host: impl Into<String>) -> Difference {
    Difference {
        place: Vec::new(),
        component: component.into(),
        host: host.into(),
    }
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// The interface that a type is declared in.
fn home(resolve: &Resolve, ty: &TypeDef) -> Option<InterfaceName> {
    match ty.owner {
        TypeOwner::Interface(id) => resolve.id_of(id).map(InterfaceName::from),
        _ => None,
    }
}

/// A type's name, and its kind where the name alone says nothing.
fn described(resolve: &Resolve, ty: &Type) -> String {
    let name = type_name(resolve, ty);
    match ty {
        Type::Id(id) if resolve.types[*id].name.is_some() => {
            format!("{} {name}", resolve.types[*id].kind.as_str())
        }
        _ => name,
    }
}

//! The functions that a component exports.

use super::types::{Resources, unsupported};
use std::sync::Arc;
use wasmtime::component::Component;
use wasmtime::component::types::{ComponentFunc, ComponentItem, Type};

/// One exported function.
#[derive(Clone)]
pub struct Callable {
    /// The interface that it is in, such as `wasi:cli/run@0.2.12`; none at the
    /// root.
    pub interface: Option<String>,
    /// Its name as the component model has it, such as `[method]counter.add`.
    pub name: String,
    pub(super) ty: ComponentFunc,
    pub(super) resources: Arc<Resources>,
}

impl Callable {
    /// Its whole name, `INTERFACE#NAME`.
    pub fn full_name(&self) -> String {
        match &self.interface {
            Some(interface) => format!("{interface}#{}", self.spelling()),
            None => self.spelling(),
        }
    }

    /// Its name as it is written in a call: `counter.add` for
    /// `[method]counter.add`, `counter.new` for `[constructor]counter`.
    pub fn spelling(&self) -> String {
        match self.name.strip_prefix('[').and_then(|n| n.split_once(']')) {
            Some(("constructor", resource)) => format!("{resource}.new"),
            Some((_, name)) => name.to_string(),
            None => self.name.clone(),
        }
    }

    /// Its parameters, each with its type in WIT, names of records and the like
    /// spelt out.
    pub fn params(&self) -> Vec<(String, String)> {
        self.ty
            .params()
            .map(|(name, ty)| (name.to_string(), self.resources.text(&ty)))
            .collect()
    }

    /// The type of its result; none when it has none.
    pub fn result(&self) -> Option<String> {
        self.result_type().map(|ty| self.resources.text(&ty))
    }

    /// Why it cannot be called from text: the type that has no text.
    pub fn unsupported(&self) -> Option<&'static str> {
        let params = self.ty.params().map(|(_, ty)| ty);
        params
            .chain(self.result_type())
            .find_map(|ty| unsupported(&ty))
    }

    pub(super) fn result_type(&self) -> Option<Type> {
        self.ty.results().next()
    }
}

pub(super) fn callables(component: &Component) -> Vec<Callable> {
    let engine = component.engine();
    let ty = component.component_type();
    let mut resources = Resources::default();
    let mut found = Vec::new();
    for (name, item) in ty.imports(engine) {
        collect(engine, name, item.ty, &mut resources, &mut Vec::new());
    }
    for (name, item) in ty.exports(engine) {
        collect(engine, name, item.ty, &mut resources, &mut found);
    }
    let resources = Arc::new(resources);
    // Those at the root come first, so that a list can have a heading for each
    // interface.
    found.sort_by_key(|(interface, ..)| interface.is_some());
    found
        .into_iter()
        .map(|(interface, name, ty)| Callable {
            interface,
            name,
            ty,
            resources: resources.clone(),
        })
        .collect()
}

/// The resources and functions of one import or export.
fn collect(
    engine: &wasmtime::Engine,
    name: &str,
    item: ComponentItem,
    resources: &mut Resources,
    functions: &mut Vec<(Option<String>, String, ComponentFunc)>,
) {
    match item {
        ComponentItem::ComponentFunc(ty) => functions.push((None, name.to_string(), ty)),
        ComponentItem::Resource(ty) => resources.add(ty, name),
        ComponentItem::ComponentInstance(instance) => {
            for (inner, item) in instance.exports(engine) {
                match item.ty {
                    ComponentItem::ComponentFunc(ty) => {
                        functions.push((Some(name.to_string()), inner.to_string(), ty));
                    }
                    ComponentItem::Resource(ty) => resources.add(ty, inner),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

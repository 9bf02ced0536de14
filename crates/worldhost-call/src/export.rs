//! The functions that a component exports.

use crate::types::{Resources, cannot_be_given};
use std::sync::Arc;
use wasmtime::Engine;
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
    pub(crate) ty: ComponentFunc,
    pub(crate) resources: Arc<Resources>,
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

    /// Why it cannot be called from text: the type of a parameter that has no text.
    pub fn unsupported(&self) -> Option<&'static str> {
        self.ty.params().find_map(|(_, ty)| cannot_be_given(&ty))
    }

    /// Its interface without the version, and then without the package: `wasi:cli/run`
    /// and `run`.
    pub(crate) fn bare_interface(&self) -> Option<(&str, &str)> {
        let full = self.interface.as_deref()?;
        let bare = full.split_once('@').map_or(full, |(bare, _)| bare);
        let last = bare.rsplit_once('/').map_or(bare, |(_, last)| last);
        Some((bare, last))
    }

    pub(crate) fn result_type(&self) -> Option<Type> {
        self.ty.results().next()
    }
}

/// Every function that a component exports, at its root or in an interface.
pub fn callables_of<T: Send + 'static>(component: &worldhost::Component<T>) -> Vec<Callable> {
    of_compiled(component.instance_pre().component())
}

pub(crate) fn of_compiled(component: &Component) -> Vec<Callable> {
    let engine = component.engine();
    let ty = component.component_type();
    let mut exports = Exports::default();
    for (name, item) in ty.imports(engine) {
        exports.collect(engine, name, item.ty);
    }
    // Of the imports only the resources matter.
    exports.functions.clear();
    for (name, item) in ty.exports(engine) {
        exports.collect(engine, name, item.ty);
    }
    exports.callables()
}

/// Functions, and the resources in their types, as they are met.
#[derive(Default)]
pub(crate) struct Exports {
    pub resources: Resources,
    functions: Vec<(Place, ComponentFunc)>,
}

/// The interface that a function is in, if any, and its name there.
pub(crate) type Place = (Option<String>, String);

impl Exports {
    pub fn function(&mut self, place: Place, ty: ComponentFunc) {
        self.functions.push((place, ty));
    }

    pub fn callables(mut self) -> Vec<Callable> {
        // Those at the root come first, so that a list can have a heading for each
        // interface.
        self.functions
            .sort_by_key(|((interface, _), _)| interface.is_some());
        let resources = Arc::new(self.resources);
        self.functions
            .into_iter()
            .map(|((interface, name), ty)| Callable {
                interface,
                name,
                ty,
                resources: resources.clone(),
            })
            .collect()
    }

    /// The resources and functions of one import or export.
    fn collect(&mut self, engine: &Engine, name: &str, item: ComponentItem) {
        match item {
            ComponentItem::ComponentFunc(ty) => self.function((None, name.to_string()), ty),
            ComponentItem::Resource(ty) => self.resources.add(ty, None, name),
            ComponentItem::ComponentInstance(instance) => {
                for (inner, item) in instance.exports(engine) {
                    match item.ty {
                        ComponentItem::ComponentFunc(ty) => {
                            self.function((Some(name.to_string()), inner.to_string()), ty);
                        }
                        ComponentItem::Resource(ty) => {
                            self.resources.add(ty, Some(name), inner);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

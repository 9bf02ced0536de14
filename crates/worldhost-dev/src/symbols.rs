//! What each name of a WIT text is in Rust, and where the host implements it.

use crate::api::Trait;
use crate::bindgens::Bindgen;
use crate::error::Result;
use crate::rust::{self, ident, resource_type};
use crate::todo::{Sides, written};
use std::path::PathBuf;
use wit_parser::{Function, FunctionKind, InterfaceId, Resolve, WorldItem, WorldKey};
use worldhost_wit::{Dated, Place, Side};

/// A name that is declared in WIT.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Symbol {
    /// Where it is declared.
    pub place: Place,
    /// As WIT has it.
    pub name: String,
    /// What `bindgen!` makes of it: a method, a trait or a type. More than one where it is
    /// both imported and exported.
    pub rust: Vec<String>,
    /// The host's own `impl` of it, or the method in one.
    pub implemented: Option<RustPlace>,
}

/// A place in a Rust file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RustPlace {
    /// The file.
    pub file: PathBuf,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

/// All names of a world that its `bindgen!` makes something of, in the files they are in.
///
/// # Errors
///
/// [`Error::Generate`](crate::Error::Generate) when `bindgen!` would refuse the world.
pub fn symbols(now: Dated<'_>, bindgen: &Bindgen) -> Result<Vec<Symbol>> {
    let sides = Sides::of(now, now, bindgen)?;
    let traits = sides.new_api.traits();
    let mut found = Symbols {
        sides: &sides,
        traits,
        all: Vec::new(),
    };
    let world = &now.wit.resolve.worlds[now.world];
    for (side, items) in [
        (Side::Import, &world.imports),
        (Side::Export, &world.exports),
    ] {
        for (key, item) in items {
            match item {
                WorldItem::Interface { id, .. } => found.interface(side, key, *id),
                WorldItem::Function(function) => found.function(side, &[], function),
                WorldItem::Type { .. } => {}
            }
        }
    }
    Ok(found.all)
}

struct Symbols<'a> {
    sides: &'a Sides<'a>,
    traits: Vec<Trait>,
    all: Vec<Symbol>,
}

impl Symbols<'_> {
    fn resolve(&self) -> &Resolve {
        &self.sides.new.wit.resolve
    }

    fn interface(&mut self, side: Side, key: &WorldKey, id: InterfaceId) {
        let interface = self.resolve().interfaces[id].clone();
        let module = rust::module(self.resolve(), side, key, id);
        if let (Some(place), Some(name)) =
            (Place::of(self.resolve(), interface.span), &interface.name)
        {
            let text = match side {
                Side::Import => format!("trait {}::Host", module.join("::")),
                Side::Export => format!("struct {}::Guest", module.join("::")),
            };
            let implemented = self.implementation(&module, "Host", None);
            self.add(place, name, text, implemented);
        }
        for function in interface.functions.values() {
            self.function(side, &module, function);
        }
        let definitions = self.sides.new_api.definitions();
        for (name, ty) in &interface.types {
            let rust = resource_type(name);
            let place = Place::of(self.resolve(), self.resolve().types[*ty].span);
            let is_it = |one: &&crate::api::Definition| one.module == module && one.name == rust;
            let made = definitions
                .iter()
                .find(is_it)
                .map(|one| one.text.trim_end());
            let implemented = self.implementation(&module, &format!("Host{rust}"), None);
            if let (Some(place), Some(text)) = (place, made) {
                self.add(place, name, text.to_string(), implemented);
            }
        }
    }

    fn function(&mut self, side: Side, module: &[String], function: &Function) {
        let Some(place) = Place::of(self.resolve(), function.span) else {
            return;
        };
        let name = function.item_name();
        let (text, implemented) = match side {
            Side::Import => self.imported(module, function),
            Side::Export => (self.called(module, function), None),
        };
        if let Some(text) = text {
            self.add(place, name, text, implemented);
        }
    }

    /// The method that the host owes, and where it is.
    fn imported(
        &self,
        module: &[String],
        function: &Function,
    ) -> (Option<String>, Option<RustPlace>) {
        let of = self.resource(function);
        let base = match (module.is_empty(), of) {
            (true, _) => format!("{}Imports", self.sides.new_type()),
            (false, None) => "Host".to_string(),
            (false, Some(resource)) => format!("Host{}", resource_type(&resource)),
        };
        let method = match function.kind {
            FunctionKind::Constructor(_) => "new".to_string(),
            _ => ident(function.item_name()),
        };
        let names = [base.clone(), format!("{base}WithStore")];
        for name in &names {
            let mut traits = self.traits.iter();
            let found = traits.find(|one| one.module == module && one.name == *name);
            let made = found.and_then(|one| one.methods.iter().find(|one| one.name == method));
            if let Some(made) = made {
                let text = written(self.sides, name, module, made);
                return (Some(text), self.implementation(module, name, Some(&method)));
            }
        }
        (None, None)
    }

    /// The function that calls an export.
    fn called(&self, module: &[String], function: &Function) -> Option<String> {
        let owner = match (module.is_empty(), self.resource(function)) {
            (true, _) => self.sides.new_type(),
            (false, None) => "Guest".to_string(),
            (false, Some(resource)) => format!("Guest{}", resource_type(&resource)),
        };
        let name = match function.kind {
            FunctionKind::Constructor(_) => "call_constructor".to_string(),
            _ => format!("call_{}", ident(function.item_name()).trim_end_matches('_')),
        };
        let calls = self.sides.new_api.calls();
        let mut calls = calls.into_iter();
        let is_it = |one: &crate::api::Call| {
            one.module == module && one.owner == owner && one.name.trim_end_matches('_') == name
        };
        calls.find(is_it).map(|one| one.signature)
    }

    fn resource(&self, function: &Function) -> Option<String> {
        match function.kind {
            FunctionKind::Method(id)
            | FunctionKind::AsyncMethod(id)
            | FunctionKind::Static(id)
            | FunctionKind::AsyncStatic(id)
            | FunctionKind::Constructor(id) => self.resolve().types[id].name.clone(),
            FunctionKind::Freestanding | FunctionKind::AsyncFreestanding => None,
        }
    }

    fn implementation(
        &self,
        module: &[String],
        name: &str,
        method: Option<&str>,
    ) -> Option<RustPlace> {
        let host = &self.sides.host;
        let mut impls = host.impls.iter();
        let one = impls.find(|one| one.module == module && one.name == name)?;
        let file = &self.sides.code.files[one.file];
        let at = match method {
            Some(method) => one.methods.get(method)?.signature.0,
            None => one.from,
        };
        let before = &file.text[..at];
        let line = before.rsplit('\n').next().unwrap_or_default();
        Some(RustPlace {
            file: file.package.join(&file.path),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        })
    }

    fn add(&mut self, place: Place, name: &str, rust: String, implemented: Option<RustPlace>) {
        let same = |one: &&mut Symbol| one.place == place && one.name == name;
        match self.all.iter_mut().find(same) {
            Some(known) => {
                if !known.rust.contains(&rust) {
                    known.rust.push(rust);
                }
                known.implemented = known.implemented.take().or(implemented);
            }
            None => self.all.push(Symbol {
                place,
                name: name.to_string(),
                rust: vec![rust],
                implemented,
            }),
        }
    }
}

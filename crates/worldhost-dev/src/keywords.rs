//! Names of WIT that are words of Rust's own where the generator writes them as they are.

use heck::{ToSnakeCase, ToUpperCamelCase};
use wit_parser::{Resolve, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey};

/// A name that is a keyword.
pub(crate) struct Keyword {
    /// Its path in WIT.
    pub(crate) wit: String,
    /// What it becomes.
    pub(crate) rust: String,
}

/// Every name of a world that the generator does not escape: of exported functions, of
/// namespaces and packages, and of types and cases that become `Self`.
pub(crate) fn unescaped(resolve: &Resolve, world: WorldId) -> Vec<Keyword> {
    let mut found = Found(Vec::new());
    let world = &resolve.worlds[world];
    for (key, item) in world.imports.iter().chain(&world.exports) {
        let name = resolve.name_world_key(key);
        if let WorldKey::Interface(id) = key
            && let Some(package) = resolve.interfaces[*id].package
        {
            let package = &resolve.packages[package].name;
            found.snake(&package.to_string(), &package.namespace);
            found.snake(&package.to_string(), &package.name);
        }
        match item {
            WorldItem::Interface { id, .. } => {
                let interface = &resolve.interfaces[*id];
                for (ty, id) in &interface.types {
                    found.ty(resolve, &format!("{name}.{ty}"), *id);
                }
                for function in interface.functions.values() {
                    let item = function.item_name();
                    found.snake(&format!("{name}.{item}"), item);
                }
            }
            WorldItem::Function(function) => found.snake(&name, function.item_name()),
            WorldItem::Type { id, .. } => found.ty(resolve, &name, *id),
        }
    }
    found.0
}

struct Found(Vec<Keyword>);

impl Found {
    fn snake(&mut self, wit: &str, name: &str) {
        self.add(wit, name.to_snake_case());
    }

    fn add(&mut self, wit: &str, rust: String) {
        if syn::parse_str::<syn::Ident>(&rust).is_err() {
            let wit = wit.to_string();
            self.0.push(Keyword { wit, rust });
        }
    }

    fn ty(&mut self, resolve: &Resolve, wit: &str, id: TypeId) {
        let ty = &resolve.types[id];
        if let Some(name) = &ty.name {
            self.add(wit, name.to_upper_camel_case());
        }
        let cases: Vec<&String> = match &ty.kind {
            TypeDefKind::Variant(variant) => variant.cases.iter().map(|case| &case.name).collect(),
            TypeDefKind::Enum(cases) => cases.cases.iter().map(|case| &case.name).collect(),
            _ => Vec::new(),
        };
        for case in cases {
            self.add(&format!("{wit}.{case}"), case.to_upper_camel_case());
        }
    }
}

//! Names that are something else in Rust.

use super::package::Package;
use crate::keywords;
use heck::{ToSnakeCase, ToUpperCamelCase};
use std::collections::HashMap;
use wit_parser::{Function, InterfaceId, Resolve, Span, TypeDefKind};
use worldhost_wit::{Finding, ItemKind, ItemName, Level, Place, Rule};

/// Types of Rust that are in scope everywhere.
const PRELUDE: [&str; 6] = ["Option", "Result", "String", "Vec", "Box", "Some"];

pub(super) fn lint(package: &Package<'_>) -> Vec<Finding> {
    let resolve = package.resolve;
    let mut found = Found {
        resolve,
        findings: Vec::new(),
    };
    for (name, id) in package.interfaces() {
        found.interface(&name, id);
    }
    for (world, id) in &package.package().worlds {
        let span = resolve.worlds[*id].span;
        for keyword in keywords::unescaped(resolve, *id) {
            let item = format!("{world}: {}", keyword.wit);
            let words = format!(
                "`{}` is a word of Rust that bindgen! does not escape",
                keyword.rust
            );
            found.add(Level::Error, span, &item, &words);
        }
    }
    found.findings
}

struct Found<'a> {
    resolve: &'a Resolve,
    findings: Vec<Finding>,
}

impl Found<'_> {
    fn add(&mut self, level: Level, span: Span, item: &str, words: &str) {
        let message = format!("{item}: {words}; another name is needed for a host in Rust");
        let place = Place::of(self.resolve, span);
        self.findings.push(Finding::new(
            Rule::NameCollidesInRust,
            level,
            place,
            item,
            message,
        ));
    }

    fn interface(&mut self, name: &str, id: InterfaceId) {
        let interface = &self.resolve.interfaces[id];
        let mut types: HashMap<String, String> = HashMap::new();
        if !interface.functions.is_empty() {
            types.insert("Host".into(), "the trait `Host` of the interface".into());
        }
        for (ty, id) in &interface.types {
            if let TypeDefKind::Resource = self.resolve.types[*id].kind {
                let owner = format!("Host{}", ty.to_upper_camel_case());
                types.insert(owner, format!("the trait of the resource `{ty}`"));
            }
        }
        for (ty, id) in &interface.types {
            let ty_def = &self.resolve.types[*id];
            let (item, rust) = (format!("{name}.{ty}"), ty.to_upper_camel_case());
            if PRELUDE.contains(&rust.as_str()) {
                let words = format!("in Rust it hides `{rust}`");
                self.add(Level::Warning, ty_def.span, &item, &words);
            }
            self.once(&mut types, rust, ty, ty_def.span, &item);
            self.parts(&item, &ty_def.kind);
        }
        let mut functions: HashMap<(Option<&str>, String), String> = HashMap::new();
        for function in interface.functions.values() {
            self.function(name, function, &mut functions);
        }
    }

    fn function<'f>(
        &mut self,
        interface: &str,
        function: &'f Function,
        known: &mut HashMap<(Option<&'f str>, String), String>,
    ) {
        let name = ItemName::parse(&function.name);
        let item = format!("{interface}.{}", name.path());
        let rust = match name.kind() {
            ItemKind::Constructor => "new".to_string(),
            _ => function.item_name().to_snake_case(),
        };
        if name.resource().is_some() && rust == "drop" {
            let words = "in Rust every resource has a `drop` already";
            self.add(Level::Error, function.span, &item, words);
        }
        if let Some(other) = known.insert((name.resource(), rust.clone()), name.path()) {
            let words = format!("in Rust it is `{rust}`, and so is `{other}`");
            self.add(Level::Error, function.span, &item, &words);
        }
    }

    /// Fields and cases.
    fn parts(&mut self, item: &str, kind: &TypeDefKind) {
        let mut known = HashMap::new();
        match kind {
            TypeDefKind::Record(record) => {
                for field in &record.fields {
                    let rust = field.name.to_snake_case();
                    self.once(&mut known, rust, &field.name, field.span, item);
                }
            }
            TypeDefKind::Variant(variant) => {
                for case in &variant.cases {
                    let rust = case.name.to_upper_camel_case();
                    self.once(&mut known, rust, &case.name, case.span, item);
                }
            }
            TypeDefKind::Enum(all) => {
                for case in &all.cases {
                    let rust = case.name.to_upper_camel_case();
                    self.once(&mut known, rust, &case.name, case.span, item);
                }
            }
            _ => {}
        }
    }

    /// That no other has the same name in Rust.
    fn once(
        &mut self,
        known: &mut HashMap<String, String>,
        rust: String,
        name: &str,
        span: Span,
        item: &str,
    ) {
        if let Some(other) = known.get(&rust) {
            let words = format!("`{name}` is `{rust}` in Rust, and so is {other}");
            self.add(Level::Error, span, item, &words);
        }
        known.insert(rust, format!("`{name}`"));
    }
}

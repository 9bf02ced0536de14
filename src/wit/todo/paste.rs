//! Rust to paste: generated signatures, made to stand in a file of the host.

use super::{Sides, Signature};
use crate::wit::api::{Definition, Method, Trait};
use std::collections::BTreeSet;

/// A signature with paths that hold outside the bindings.
pub(super) fn signature(sides: &Sides<'_>, of: &Trait, method: &Method) -> Signature {
    Signature {
        of: of.name.clone(),
        signature: absolute(sides, &of.module, &method.signature),
        old: None,
    }
}

/// `impl`s of the signatures, each with `todo!()`.
pub(super) fn impls(sides: &Sides<'_>, traits: &[(String, Vec<&Signature>)]) -> String {
    let host = &sides.project.host_type;
    let blocks = traits.iter().map(|(name, signatures)| {
        let head = match name.ends_with("WithStore") {
            true => format!("impl<T> {name}<T> for HasSelf<{host}>"),
            false => format!("impl {name} for {host}"),
        };
        if signatures.is_empty() {
            return format!("{head} {{}}\n");
        }
        let methods: String = signatures
            .iter()
            .map(|signature| format!("{} {{ todo!() }}", signature.signature))
            .collect();
        let text = format!("{head} {{ {methods} }}");
        formatted(&text).replace("    }\n    async fn", "    }\n\n    async fn")
    });
    blocks.collect::<Vec<_>>().join("\n")
}

/// A new file for an interface.
pub(super) fn file(
    sides: &Sides<'_>,
    interface: &str,
    declared: Option<&str>,
    module: &[String],
    traits: &[(String, Vec<&Signature>)],
) -> String {
    let resources = resources(sides, module);
    let body = impls(sides, traits);
    let mut names: BTreeSet<String> = traits.iter().map(|(name, _)| name.clone()).collect();
    let definitions = sides.new_api.definitions();
    for definition in definitions.iter().filter(|d| d.module == module) {
        if !definition.unmapped_resource && has_word(&body, &definition.name) {
            names.insert(definition.name.clone());
        }
    }
    let names: Vec<String> = names.into_iter().collect();
    let path = format!("{}::{}", sides.options.place.module, module.join("::"));
    let mut uses = sides.project.uses.clone();
    uses.push(match &names[..] {
        [name] => format!("use {path}::{name};"),
        names => format!("use {path}::{{{}}};", names.join(", ")),
    });
    if has_word(&body, "Resource") {
        uses.push("use wasmtime::component::Resource;".into());
    }
    let declared = declared.and_then(|place| place.split(':').next());
    let mut text = match declared {
        Some(file) => format!("//! `{interface}`, declared in `{file}`.\n\n"),
        None => format!("//! `{interface}`.\n\n"),
    };
    text.push_str(&uses.join("\n"));
    text.push_str("\n\n");
    for resource in &resources {
        text.push_str(&format!(
            "/// What a guest's handle to a `{}` stands for.\npub struct {} {{}}\n\n",
            kebab(&resource.name),
            resource.name
        ));
    }
    text.push_str(&body);
    text
}

/// The resources of a module that have no type of the host's own yet.
pub(super) fn resources(sides: &Sides<'_>, module: &[String]) -> Vec<Definition> {
    let mut found = sides.new_api.definitions();
    found.retain(|definition| definition.unmapped_resource && definition.module == module);
    found
}

fn formatted(text: &str) -> String {
    match syn::parse_file(text) {
        Ok(file) => prettyplease::unparse(&file),
        Err(_) => text.to_string(),
    }
}

/// Resolves `super::` against the module, and the names that the generator gives
/// to the entries of `with`.
fn absolute(sides: &Sides<'_>, module: &[String], text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("super::") {
        result.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut up = 0;
        while let Some(next) = rest.strip_prefix("super::") {
            up += 1;
            rest = next;
        }
        let base = &module[..module.len().saturating_sub(up)];
        result.push_str(&sides.options.place.module);
        result.push_str("::");
        for part in base {
            result.push_str(part);
            result.push_str("::");
        }
    }
    result.push_str(rest);
    let mut with: Vec<_> = sides.options.generator.with.iter().collect();
    with.sort();
    for (i, (_, path)) in with.iter().enumerate().rev() {
        let hidden = format!("{}::__with_name{i}::", sides.options.place.module);
        result = result.replace(&hidden, &format!("{path}::"));
    }
    result.replace("wasmtime::component::Resource<", "Resource<")
}

/// `MyBucket` is `my-bucket` in WIT.
pub(super) fn kebab(name: &str) -> String {
    let mut wit = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !wit.is_empty() {
            wit.push('-');
        }
        wit.extend(c.to_lowercase());
    }
    wit
}

/// Whether a name is in the text as a whole word.
pub(super) fn has_word(text: &str, name: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(name).any(|(at, _)| {
        !part(text[..at].chars().next_back()) && !part(text[at + name.len()..].chars().next())
    })
}

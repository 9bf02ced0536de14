//! Rust to paste: generated signatures, made to stand in a file of the host.

use super::list::Signature;
use super::project::File;
use super::sides::Sides;
use crate::api::{Api, Definition, Method, Trait};
use crate::rust::has_word;
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
    let blocks = traits.iter().map(|(name, signatures)| {
        let head = head(sides, name);
        match &signatures[..] {
            [] => format!("{head} {{}}\n"),
            signatures => formatted(&format!("{head} {{ {} }}", methods(signatures))),
        }
    });
    blocks.collect::<Vec<_>>().join("\n")
}

fn head(sides: &Sides<'_>, name: &str) -> String {
    let host = &sides.project.host_type;
    match name.ends_with("WithStore") {
        true => format!("impl<T> {name}<T> for HasSelf<{host}>"),
        false => format!("impl {name} for {host}"),
    }
}

fn methods(signatures: &[&Signature]) -> String {
    let methods = signatures
        .iter()
        .map(|signature| format!("{} {{ todo!() }}", signature.signature));
    methods.collect()
}

/// A new file for an interface.
pub(super) fn file(
    sides: &Sides<'_>,
    interface: &str,
    declared: Option<&str>,
    module: &[String],
    traits: &[(String, Vec<&Signature>)],
    resources: &[Definition],
) -> String {
    let body = impls(sides, traits);
    let mut uses = sides.project.uses.clone();
    uses.extend(uses_of(sides, module, traits, resources, &body, None));
    let declared = declared.and_then(|place| place.split(':').next());
    let mut text = match declared {
        Some(file) => format!("//! `{interface}`, declared in `{file}`.\n\n"),
        None => format!("//! `{interface}`.\n\n"),
    };
    text.push_str(&uses.join("\n"));
    text.push_str("\n\n");
    for resource in resources {
        text.push_str(&own_type(sides, module, resource));
    }
    text.push_str(&body);
    text
}

/// The host's own type for a resource.
fn own_type(sides: &Sides<'_>, module: &[String], resource: &Definition) -> String {
    let name = sides.resource(module, &resource.name);
    format!(
        "/// What a guest's handle to a `{}` stands for.\npub struct {} {{}}\n\n",
        name.as_deref().unwrap_or(&resource.name),
        resource.name
    )
}

/// What comes into a file that is there: methods for the implementations that it has,
/// and the others whole.
pub(super) fn additions(
    sides: &Sides<'_>,
    file: Option<&File>,
    module: &[String],
    traits: &[(String, Vec<&Signature>)],
    resources: &[Definition],
) -> String {
    let mut parts = Vec::new();
    let mut new = Vec::new();
    for (name, signatures) in traits {
        let head = head(sides, name);
        if !file.is_some_and(|file| file.has_impl(name)) {
            new.push((name.clone(), signatures.clone()));
            continue;
        }
        let block = formatted(&format!("{head} {{ {} }}", methods(signatures)));
        let inner = block
            .split_once('\n')
            .and_then(|(_, rest)| rest.rsplit_once('}'));
        let inner = inner.map_or(block.as_str(), |(inner, _)| inner);
        parts.push(format!("// into `{head}`\n{inner}"));
    }
    if !new.is_empty() {
        parts.push(impls(sides, &new));
    }
    let types = resources.iter().map(|one| own_type(sides, module, one));
    let body = types.collect::<String>() + &parts.join("\n");
    let uses = uses_of(sides, module, &new, resources, &body, file);
    match &uses[..] {
        [] => body,
        uses => format!("{}\n\n{body}", uses.join("\n")),
    }
}

/// The `use` lines for what the text names, and a file does not have yet.
fn uses_of(
    sides: &Sides<'_>,
    module: &[String],
    traits: &[(String, Vec<&Signature>)],
    resources: &[Definition],
    text: &str,
    file: Option<&File>,
) -> Vec<String> {
    let known: BTreeSet<String> = file.map_or_else(BTreeSet::new, File::names);
    let mut names: BTreeSet<String> = traits.iter().map(|(name, _)| name.clone()).collect();
    let definitions = sides.new_api.definitions();
    for definition in definitions.iter().filter(|d| d.module == module) {
        // The file has a type of its own for the resource.
        let own = resources.iter().any(|one| one.name == definition.name);
        if !own && has_word(text, &definition.name) {
            names.insert(definition.name.clone());
        }
    }
    names.retain(|name| !known.contains(name));
    let names: Vec<String> = names.into_iter().collect();
    let mut uses = Vec::new();
    match &names[..] {
        [] => {}
        [name] => uses.push(format!("use {};", sides.path(module, name))),
        names => uses.push(format!(
            "use {}::{{{}}};",
            sides.path(module, ""),
            names.join(", ")
        )),
    }
    for name in ["HasSelf", "Resource"] {
        if has_word(text, name) && !known.contains(name) {
            uses.push(format!("use wasmtime::component::{name};"));
        }
    }
    uses
}

/// The resources of a module that have no type of the host's own yet.
pub(super) fn resources(api: &Api, module: &[String]) -> Vec<Definition> {
    let mut found = api.definitions();
    found.retain(|definition| definition.unmapped_resource && definition.module == module);
    found
}

/// As rustfmt has it, with a line between methods.
fn formatted(text: &str) -> String {
    let text = match syn::parse_file(text) {
        Ok(file) => prettyplease::unparse(&file),
        Err(_) => text.to_string(),
    };
    let text = text.replace("    }\n    async fn", "    }\n\n    async fn");
    text.replace("    }\n    fn", "    }\n\n    fn")
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
        result.push_str(&sides.place.module);
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
        let hidden = format!("{}::__with_name{i}::", sides.place.module);
        result = result.replace(&hidden, &format!("{path}::"));
    }
    result.replace("wasmtime::component::Resource<", "Resource<")
}

//! What is in a component, without compiling it.

use crate::alone::meant;
use crate::decode::{decode, invalid};
use crate::error::Result;
use crate::hidden::{exported, imported};
use crate::report::{Lack, Meant, Unseen};
use semver::Version;
use serde::Serialize;
use std::collections::BTreeSet;
use wasmparser::{KnownCustom, Parser, Payload};
use wit_component::{OutputToString, WitPrinter};
use wit_parser::{Resolve, WorldId, WorldItem};
use worldhost::Proposals;
use worldhost_wit::{InterfaceName, signature};

/// What is in a component.
///
/// Its JSON is stable: fields are added, never renamed or removed.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Inspection {
    /// The component's name: its path, or what the caller gave.
    pub component: String,
    /// Its size in bytes.
    pub size: usize,
    /// The names of its imports.
    pub imports: Vec<String>,
    /// The names of its exports.
    pub exports: Vec<String>,
    /// The WASI releases that its imports and exports are of.
    pub wasi: Vec<String>,
    /// The languages and tools that it came from.
    pub producers: Vec<Producer>,
    /// The functions that it exports.
    pub functions: Vec<Function>,
    /// The proposals that it uses and that are off.
    pub lacks: Vec<Lack>,
    /// What of it WIT has no words for, and is not in `functions` and `wit`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unseen>,
    /// Of exports that are there in several versions, which one is meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meant: Vec<Meant>,
    /// Its world, as WIT.
    pub wit: String,
}

/// A language or tool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Producer {
    /// `language`, `processed-by` or `sdk`.
    pub role: String,
    /// Such as `Rust`.
    pub name: String,
    /// Such as `1.95.0`; empty when it has none.
    pub version: String,
}

/// An exported function.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Function {
    /// The interface that it is in; none at the root.
    pub interface: Option<String>,
    /// Its name as the component model has it, such as `[method]counter.add`.
    pub name: String,
    /// Its type, such as `func(n: u64) -> u64`.
    pub signature: String,
}

/// Reads what is in a component, for a host that has these proposals.
///
/// # Errors
///
/// [`Error::Component`](crate::Error::Component) when the bytes are no component.
pub fn inspect(name: &str, bytes: &[u8], proposals: &Proposals) -> Result<Inspection> {
    let lacks = match worldhost::validate(name, bytes, proposals) {
        Ok(()) => Vec::new(),
        Err(worldhost::Error::Lacks { proposals, .. }) => proposals,
        Err(other) => return Err(other.into()),
    };
    let shown = decode(name, bytes)?;
    let (resolve, id) = (&shown.resolve, shown.world);
    let invalid = |error: anyhow::Error| invalid(name, format!("{error:#}"));
    let world = &resolve.worlds[id];
    let producers = producers(bytes).map_err(|error| invalid(error.into()))?;
    let imports: Vec<String> = imported(bytes).into_iter().map(|(name, _)| name).collect();
    let exports: Vec<String> = exported(bytes).into_iter().map(|one| one.name).collect();
    let wit = match world.imports.is_empty() && world.exports.is_empty() {
        // No world without anything, where there is something.
        true if !shown.unseen.is_empty() => String::new(),
        _ => wit(resolve, id).map_err(invalid)?,
    };
    Ok(Inspection {
        component: name.to_string(),
        size: bytes.len(),
        wasi: wasi_versions(imports.iter().chain(&exports)),
        functions: functions(resolve, id),
        lacks: lacks.into_iter().map(Lack::from).collect(),
        meant: meant(&shown),
        wit,
        unseen: shown.unseen,
        producers: producers.into_iter().collect(),
        imports,
        exports,
    })
}

fn wasi_versions<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let names = names.map(|name| InterfaceName::from(name.as_str()));
    let versions: BTreeSet<Version> = names
        .filter(InterfaceName::is_wasi)
        .filter_map(|name| name.version().cloned())
        .collect();
    versions.iter().map(Version::to_string).collect()
}

fn functions(resolve: &Resolve, id: WorldId) -> Vec<Function> {
    let function = |interface: Option<String>, function: &wit_parser::Function| Function {
        interface,
        name: function.name.clone(),
        signature: signature(resolve, function),
    };
    let mut found = Vec::new();
    for (key, item) in &resolve.worlds[id].exports {
        match item {
            WorldItem::Function(root) => found.push(function(None, root)),
            WorldItem::Interface { id, .. } => {
                let name = resolve.name_world_key(key);
                let inner = resolve.interfaces[*id].functions.values();
                found.extend(inner.map(|inner| function(Some(name.clone()), inner)));
            }
            WorldItem::Type { .. } => {}
        }
    }
    found
}

/// Of the component itself and of every module in it.
fn producers(bytes: &[u8]) -> wasmparser::Result<BTreeSet<Producer>> {
    let mut found = BTreeSet::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let Payload::CustomSection(section) = payload? else {
            continue;
        };
        let KnownCustom::Producers(fields) = section.as_known() else {
            continue;
        };
        for field in fields {
            let field = field?;
            for tool in field.values {
                let tool = tool?;
                found.insert(Producer {
                    role: field.name.to_string(),
                    name: tool.name.to_string(),
                    version: tool.version.to_string(),
                });
            }
        }
    }
    Ok(found)
}

/// The component's own package, and those of its imports and exports nested.
fn wit(resolve: &Resolve, id: WorldId) -> anyhow::Result<String> {
    let main = resolve.worlds[id].package;
    let main = main.ok_or_else(|| anyhow::anyhow!("its world is in no package"))?;
    let ids = resolve.packages.iter().map(|(id, _)| id);
    let nested: Vec<_> = ids.filter(|id| *id != main).collect();
    let mut printer = WitPrinter::new(OutputToString::default());
    printer.print(resolve, main, &nested)?;
    Ok(printer.output.to_string())
}

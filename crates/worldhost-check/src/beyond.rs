//! Imports that WIT has no words for.

use crate::report::{Misfit, Problem, Remedy};
use wasmparser::{ComponentTypeRef, Parser, Payload};
use worldhost_wit::Side;

/// Imports that WIT has no words for, and no linker of components has: core
/// modules, components and values.
pub(crate) fn beyond_wit(bytes: &[u8]) -> Vec<Misfit> {
    let mut depth = 0;
    let mut found = Vec::new();
    for payload in Parser::new(0)
        .parse_all(bytes)
        .map_while(|payload| payload.ok())
    {
        match payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 1 => {
                let imports = imports.into_iter().map_while(|import| import.ok());
                found.extend(imports.filter_map(|import| match import.ty {
                    ComponentTypeRef::Module(_)
                    | ComponentTypeRef::Component(_)
                    | ComponentTypeRef::Value(_) => Some(import.name.name.to_string()),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    found
        .into_iter()
        .map(|name| {
            let mut misfit = Misfit::new(Side::Import, Problem::Missing, Remedy::NOT_OFFERED);
            misfit.item = Some(name);
            misfit
        })
        .collect()
}

//! WIT out of the bytes of a component. What is valid and what WIT has no words for is
//! found before the decoder meets it: on some of that it panics.

use std::collections::HashSet;
use std::panic::catch_unwind;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};
use wasmparser::names::{ComponentName, ComponentNameKind};
use wasmparser::types::Types;
use wasmparser::{Parser, Payload, ValidPayload, Validator, WasmFeatures};
use wit_parser::decoding::{DecodedWasm, decode};

/// The WIT in a component, or in a WIT package in binary form.
pub(crate) fn decoded(bytes: &[u8]) -> Result<DecodedWasm, String> {
    beyond_words(bytes)?;
    // What is left may be more than the decoder was made for.
    match catch_unwind(|| decode(bytes)) {
        Ok(decoded) => decoded.map_err(|error| format!("{error:#}")),
        Err(_) => Err("the decoder failed on it".into()),
    }
}

/// What there are no words for, if there is something of that; or what is not valid.
fn beyond_words(component: &[u8]) -> Result<(), String> {
    let (types, names) = validated(component)?;
    let types = types.as_ref();
    let items = names.iter().map(|(name, side)| {
        let item = match side {
            Side::Import => types.component_item_for_import(name),
            Side::Export => types.component_item_for_export(name),
        };
        (*name, item.map(|item| item.ty))
    });
    let is_component = |ty: Option<ComponentEntityType>| {
        use ComponentAnyTypeId::Component;
        let created = |ty| {
            matches!(
                ty,
                ComponentEntityType::Type {
                    created: Component(_),
                    ..
                }
            )
        };
        ty.is_some_and(created)
    };
    // A WIT package is made of types of components.
    let only_exports = names.iter().all(|(_, side)| matches!(side, Side::Export));
    if only_exports && items.clone().all(|(_, ty)| is_component(ty)) {
        return Ok(());
    }
    let mut seen = HashSet::new();
    for (name, ty) in items {
        match ty {
            Some(ComponentEntityType::Func(_)) if !is_function(name) => {
                return Err(format!("`{name}` is no name of a function in WIT"));
            }
            Some(ComponentEntityType::Instance(id)) => {
                for (inner, item) in types.get(id).into_iter().flat_map(|ty| &ty.exports) {
                    sayable(inner, item.ty, &mut seen)?;
                }
            }
            Some(ty) => sayable(name, ty, &mut seen)?,
            None => {}
        }
    }
    Ok(())
}

/// That WIT has words for a type, if it is one, and that no other name has it already.
fn sayable(
    name: &str,
    ty: ComponentEntityType,
    seen: &mut HashSet<ComponentAnyTypeId>,
) -> Result<(), String> {
    let ComponentEntityType::Type {
        referenced,
        created,
    } = ty
    else {
        return Ok(());
    };
    let kind = match referenced {
        ComponentAnyTypeId::Func(_) => "of a function",
        ComponentAnyTypeId::Instance(_) => "of an instance",
        ComponentAnyTypeId::Component(_) => "of a component",
        ComponentAnyTypeId::Defined(_) | ComponentAnyTypeId::Resource(_) => {
            return match seen.insert(created) {
                true => Ok(()),
                false => Err(format!(
                    "the type `{name}` appears more than once, as in an instance that is \
                     imported and exported again"
                )),
            };
        }
    };
    Err(format!("`{name}` is the type {kind}"))
}

fn is_function(name: &str) -> bool {
    use ComponentNameKind::{Constructor, Label, Method, Static};
    let name = ComponentName::new_with_features(name, 0, WasmFeatures::all());
    name.is_ok_and(|name| {
        matches!(
            name.kind(),
            Label(_) | Constructor(_) | Method(_) | Static(_)
        )
    })
}

#[derive(Clone, Copy)]
enum Side {
    Import,
    Export,
}

/// The names of a component's own imports and exports.
type Names<'a> = Vec<(&'a str, Side)>;

fn validated(component: &[u8]) -> Result<(Types, Names<'_>), String> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut names = Vec::new();
    let mut depth = 0;
    let mut ended = None;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(|error| error.to_string())?;
        match &payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 1 => {
                let imports = imports.clone().into_iter().flatten();
                names.extend(imports.map(|import| (import.name.name, Side::Import)));
            }
            Payload::ComponentExportSection(exports) if depth == 1 => {
                let exports = exports.clone().into_iter().flatten();
                names.extend(exports.map(|export| (export.name.name, Side::Export)));
            }
            _ => {}
        }
        match validator.payload(&payload) {
            Ok(ValidPayload::End(types)) => ended = Some(types),
            Ok(_) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    // The last to end is the component itself.
    Ok((ended.ok_or("it does not end")?, names))
}

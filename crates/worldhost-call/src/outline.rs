//! What a component exports by its own word: names, and types as the validator has
//! them. No code is looked at.

use crate::export::Place;
use std::collections::HashSet;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentFuncTypeId, ResourceId,
};
use wasmparser::types::{Types, TypesRef};
use wasmparser::{Parser, Payload, ValidPayload, Validator, WasmFeatures};

/// The exported functions of a component, and its resources.
pub(crate) struct Outline {
    pub types: Types,
    pub items: Items,
}

/// Each in the component's order.
#[derive(Default)]
pub(crate) struct Items {
    pub functions: Vec<(Place, ComponentFuncTypeId)>,
    /// Those of the imports too, each once, with the first name that it has.
    pub resources: Vec<(ResourceId, Place)>,
    known: HashSet<ResourceId>,
}

impl Outline {
    /// An error is what is not valid about it, in the validator's words.
    pub fn read(component: &[u8]) -> Result<Self, String> {
        let (types, Names { imports, exports }) = validated(component)?;
        let known = types.as_ref();
        let mut items = Items::default();
        for name in imports {
            let item = known.component_item_for_import(name);
            items.extend(known, name, item.map(|item| item.ty));
        }
        // Of the imports only the resources matter.
        items.functions.clear();
        for name in exports {
            let item = known.component_item_for_export(name).map(|item| item.ty);
            if is_package(item) {
                return Err("it is a WIT package, with no code to run".into());
            }
            items.extend(known, name, item);
        }
        Ok(Outline { types, items })
    }
}

impl Items {
    /// With those of one import or export.
    fn extend(&mut self, types: TypesRef<'_>, name: &str, item: Option<ComponentEntityType>) {
        let Some(ComponentEntityType::Instance(id)) = item else {
            self.add((None, name), item);
            return;
        };
        let instance = types.get(id).into_iter();
        for (inner, item) in instance.flat_map(|instance| &instance.exports) {
            self.add((Some(name), inner), Some(item.ty));
        }
    }

    fn add(&mut self, (interface, name): (Option<&str>, &str), item: Option<ComponentEntityType>) {
        let place = || (interface.map(String::from), name.to_string());
        match item {
            Some(ComponentEntityType::Func(ty)) => self.functions.push((place(), ty)),
            Some(ComponentEntityType::Type {
                created: ComponentAnyTypeId::Resource(id),
                ..
            }) if self.known.insert(id.resource()) => {
                self.resources.push((id.resource(), place()));
            }
            _ => {}
        }
    }
}

/// A WIT package in its binary form exports the types of its worlds and interfaces.
fn is_package(item: Option<ComponentEntityType>) -> bool {
    matches!(
        item,
        Some(ComponentEntityType::Type {
            created: ComponentAnyTypeId::Component(_),
            ..
        })
    )
}

/// The names of a component's own imports and exports.
#[derive(Default)]
struct Names<'a> {
    imports: Vec<&'a str>,
    exports: Vec<&'a str>,
}

fn validated(component: &[u8]) -> Result<(Types, Names<'_>), String> {
    // What this host does not have is found when it is compiled.
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut names = Names::default();
    let mut depth = 0;
    let mut ended = None;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(|error| error.to_string())?;
        match &payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 1 => {
                let imports = imports.clone().into_iter().flatten();
                names.imports.extend(imports.map(|import| import.name.name));
            }
            Payload::ComponentExportSection(exports) if depth == 1 => {
                let exports = exports.clone().into_iter().flatten();
                names.exports.extend(exports.map(|export| export.name.name));
            }
            _ => {}
        }
        // Where the names cannot be read, this says so.
        match validator.payload(&payload) {
            Ok(ValidPayload::End(types)) => ended = Some(types),
            Ok(_) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    // The last to end is the component itself.
    Ok((ended.ok_or("it does not end")?, names))
}

//! The WIT in a component: all of it, or what there is WIT for.

use crate::beyond::beyond_wit;
use crate::error::{Error, Result};
use crate::hidden::{Exported, Plan, exported, imported, planned};
use crate::report::Unseen;
use wasmparser::{Validator, WasmFeatures};
use wit_parser::{Resolve, WorldId};
use worldhost::expect_component;
use worldhost_wit::Side;

/// What a component is as WIT.
pub(crate) struct Shown {
    pub resolve: Resolve,
    pub world: WorldId,
    /// What WIT has no words for.
    pub unseen: Vec<Unseen>,
    /// Types that the component exports, which are imports in a world of WIT.
    pub types: Vec<String>,
}

impl Shown {
    /// Whether it is a type of the component's own that WIT makes an import.
    pub fn is_type(&self, import: &str) -> bool {
        self.types.iter().any(|name| name == import)
    }

    /// An export that WIT has no words for.
    pub fn hidden(&self, export: &str) -> Option<&Unseen> {
        let mut unseen = self.unseen.iter();
        unseen.find(|unseen| unseen.side == Side::Export && unseen.name == export)
    }
}

pub(crate) fn decode(name: &str, bytes: &[u8]) -> Result<Shown> {
    // Its words for what is no component are those of all who load one.
    expect_component(name, bytes)?;
    match worldhost_wit::decode(name, bytes) {
        Ok((resolve, world)) => Ok(Shown {
            resolve,
            world,
            unseen: beyond(bytes),
            types: Vec::new(),
        }),
        Err(worldhost_wit::Error::Invalid { message, .. }) => {
            let mut validator = Validator::new_with_features(WasmFeatures::all());
            match validator.validate_all(bytes) {
                Ok(_) => in_part(name, bytes, &message),
                Err(error) => Err(invalid(name, error.to_string().replace('\n', ": "))),
            }
        }
        Err(other) => Err(Error::World(other)),
    }
}

/// What can be shown of a component that is valid and no world of WIT.
fn in_part(name: &str, bytes: &[u8], reason: &str) -> Result<Shown> {
    let exports = exported(bytes);
    let mut plan = Plan::types_as_imports(&exports);
    let try_it = |plan: &Plan| worldhost_wit::decode(name, &planned(bytes, plan)?).ok();
    let mut shown = try_it(&plan);
    if shown.is_none() {
        // One by one: what cannot be shown may be so only beside others.
        plan = Plan::without_instances(&exports);
        shown = try_it(&plan);
        if shown.is_none() {
            plan.drop_types();
            shown = try_it(&plan);
        }
        for index in plan.dropped_instances(&exports) {
            let with = plan.keeping(index);
            if shown.is_some()
                && let Some(more) = try_it(&with)
            {
                (shown, plan) = (Some(more), with);
            }
        }
    }
    let Some((resolve, world)) = shown else {
        return nothing(name, bytes, &exports, reason);
    };
    let unseen = exports.iter().enumerate();
    let unseen = unseen.filter(|(index, export)| !plan.shows(*index, export));
    let unseen = unseen.map(|(_, export)| hidden(export));
    Ok(Shown {
        resolve,
        world,
        unseen: beyond(bytes).into_iter().chain(unseen).collect(),
        types: plan.types(&exports),
    })
}

/// Imports that WIT leaves out without a word.
fn beyond(bytes: &[u8]) -> Vec<Unseen> {
    let imports = beyond_wit(bytes);
    let unseen = imports.map(|(name, kind)| Unseen {
        side: Side::Import,
        name,
        kind: kind.to_string(),
        reason: None,
    });
    unseen.collect()
}

/// A world without anything.
fn nothing(name: &str, bytes: &[u8], exports: &[Exported], reason: &str) -> Result<Shown> {
    let empty = wasm_encoder::Component::new().finish();
    let (resolve, world) = worldhost_wit::decode(name, &empty)?;
    let imports = imported(bytes).into_iter().map(|(name, kind)| Unseen {
        side: Side::Import,
        name,
        kind: kind.to_string(),
        reason: Some(reason.to_string()),
    });
    Ok(Shown {
        resolve,
        world,
        unseen: imports.chain(exports.iter().map(hidden)).collect(),
        types: Vec::new(),
    })
}

fn hidden(export: &Exported) -> Unseen {
    Unseen {
        side: Side::Export,
        name: export.name.clone(),
        kind: export.kind_in_words().to_string(),
        reason: None,
    }
}

pub(crate) fn invalid(name: impl Into<String>, message: String) -> Error {
    Error::Component(worldhost::Error::Invalid {
        name: name.into(),
        message,
    })
}

//! What can be in a manifest, as a JSON Schema, for editors.

use super::keys::{Options, Own, Takes, takes};
use super::kind::Kind;
use clap::Arg;
use serde_json::{Map, Value, json};

pub fn schema() -> Value {
    let ways: Vec<Value> = Kind::ALL.map(way).to_vec();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A manifest of worldhost: what runs on a machine",
        "type": "object",
        "additionalProperties": false,
        "required": ["component"],
        "properties": {
            "component": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": "^[a-z0-9_.-]{1,40}$"},
                "additionalProperties": {"oneOf": ways},
            },
        },
    })
}

/// A component that is run in one way.
fn way(kind: Kind) -> Value {
    let own = Own::of(kind).map(|own| (own.name().to_string(), of_own(own, kind)));
    let options = Options::of(kind);
    let options = options.all().map(|(name, arg)| (name.to_string(), of(arg)));
    let properties: Map<String, Value> = own.chain(options).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": [Own::Source.name(), Own::Run.name()],
        "properties": properties,
    })
}

fn of_own(own: Own, kind: Kind) -> Value {
    let mut about = match own {
        Own::Run => json!({"const": kind.name()}),
        _ if own.is_list() => list(),
        _ => json!({"type": "string"}),
    };
    if own == Own::Restart {
        about["enum"] = json!(own.values());
    }
    about["description"] = json!(own.help());
    about
}

fn of(arg: &Arg) -> Value {
    let mut about = match takes(arg) {
        Takes::Nothing => json!({"type": "boolean", "default": false}),
        Takes::One => json!({"type": ["string", "integer"]}),
        Takes::Several => list(),
    };
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_string())
        .collect();
    if takes(arg) == Takes::One && !values.is_empty() {
        about = json!({"enum": values});
    }
    let help = arg.get_help().map(|help| help.to_string());
    about["description"] = json!(help.unwrap_or_default());
    about
}

/// A string, or several.
fn list() -> Value {
    json!({"anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}},
    ]})
}

//! What can be in a policy, as a JSON Schema, for editors.

use serde_json::{Map, Value, json};
use worldhost::Unit;
use worldhost_policy::{AllLimits, AnyLimit, Grant, amount};

/// The schema, of the tables of grants and limits.
pub fn schema() -> Value {
    let grants = Grant::ALL.into_iter().map(|grant| {
        let mut about = match grant.value_name() {
            None => json!({"type": "boolean", "default": false}),
            Some(_) => json!({"anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"type": "string", "minLength": 1}},
            ]}),
        };
        let form = grant.value_name().map(|form| format!(": {form}"));
        about["description"] = json!(format!("{}{}.", grant.help(), form.unwrap_or_default()));
        (grant.name().to_string(), about)
    });
    let limits = AnyLimit::all().map(|limit| {
        let default = amount::written(limit.unit(), limit.of(&AllLimits::default()));
        let mut about = match limit.unit() {
            Unit::Time => json!({"type": "string"}),
            _ => json!({"anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string"},
            ]}),
        };
        about["description"] = json!(format!(
            "The most {}. A {}.",
            limit.bounds(),
            amount::what(limit)
        ));
        about["default"] = json!(default);
        (limit.name().to_string(), about)
    });
    let properties: Map<String, Value> = grants.chain(limits).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A policy of worldhost: what a component is granted, and its limits",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

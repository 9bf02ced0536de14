//! Holds JSON against a schema, as far as the schemas of the docs go: what they use of
//! JSON Schema is here, and anything else in them is an error.

use serde_json::Value;

/// Everything that is not as the schema says, each with its path.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, value, "$", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    for (key, wanted) in schema.as_object().unwrap() {
        let fits = match key.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let target = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                check(root, root.pointer(target).unwrap(), value, path, found);
                true
            }
            "type" => match wanted {
                Value::Array(any) => any.iter().any(|one| is(value, one)),
                one => is(value, one),
            },
            "const" => value == wanted,
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => value.as_i64() >= wanted.as_i64(),
            "required" => {
                let mut names = wanted.as_array().unwrap().iter();
                let has = |name: &Value| value.get(name.as_str().unwrap()).is_some();
                !value.is_object() || names.all(has)
            }
            "properties" => {
                for (name, schema) in wanted.as_object().unwrap() {
                    if let Some(inner) = value.get(name) {
                        check(root, schema, inner, &format!("{path}.{name}"), found);
                    }
                }
                true
            }
            "additionalProperties" => {
                assert_eq!(wanted, false);
                let known = schema["properties"].as_object().unwrap();
                let object = value.as_object();
                object.is_none_or(|object| object.keys().all(|name| known.contains_key(name)))
            }
            "items" => {
                for (i, inner) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, wanted, inner, &format!("{path}[{i}]"), found);
                }
                true
            }
            other => panic!("`{other}` is not known here"),
        };
        if !fits {
            found.push(format!("{path}: {value} is not {key} {wanted}"));
        }
    }
}

fn is(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("`{other}` is not known here"),
    }
}

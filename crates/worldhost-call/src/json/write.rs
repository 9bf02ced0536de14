//! Values as JSON.

use crate::handle::Names;
use serde_json::{Value, json};
use wasmtime::component::Val;

/// A value as JSON.
pub(crate) fn to_json(value: &Val, names: &mut Names) -> Value {
    match value {
        Val::Bool(value) => json!(value),
        Val::S8(value) => json!(value),
        Val::U8(value) => json!(value),
        Val::S16(value) => json!(value),
        Val::U16(value) => json!(value),
        Val::S32(value) => json!(value),
        Val::U32(value) => json!(value),
        Val::S64(value) => json!(value),
        Val::U64(value) => json!(value),
        // By way of its text, so that 0.1 stays 0.1.
        Val::Float32(value) => float(&value.to_string(), f64::from(*value)),
        Val::Float64(value) => float(&value.to_string(), *value),
        Val::Char(value) => json!(value),
        Val::String(value) | Val::Enum(value) => json!(value),
        Val::List(values) | Val::Tuple(values) | Val::FixedLengthList(values) => {
            Value::Array(values.iter().map(|value| to_json(value, names)).collect())
        }
        Val::Record(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), to_json(value, names)))
                .collect(),
        ),
        Val::Variant(case, None) => json!(case),
        Val::Variant(case, Some(value)) => json!({ case: to_json(value, names) }),
        Val::Flags(flags) => json!(flags),
        Val::Option(None) => Value::Null,
        Val::Option(Some(value)) => match **value {
            Val::Option(_) => json!({ "some": to_json(value, names) }),
            _ => to_json(value, names),
        },
        Val::Result(Ok(value)) => json!({ "ok": payload(value.as_deref(), names) }),
        Val::Result(Err(value)) => json!({ "err": payload(value.as_deref(), names) }),
        Val::Resource(_) => json!({ "handle": names.next().to_string() }),
        Val::Map(pairs) => {
            let pairs = pairs.iter();
            let pairs =
                pairs.map(|(key, value)| json!([to_json(key, names), to_json(value, names)]));
            Value::Array(pairs.collect())
        }
        Val::ErrorContext(_) => json!("error-context"),
        Val::Stream(_) => json!({ "stream": names.next().to_string() }),
        Val::Future(_) => json!({ "future": names.next().to_string() }),
    }
}

fn payload(value: Option<&Val>, names: &mut Names) -> Value {
    value.map_or(Value::Null, |value| to_json(value, names))
}

fn float(text: &str, value: f64) -> Value {
    match value {
        value if value.is_nan() => json!("nan"),
        f64::INFINITY => json!("inf"),
        f64::NEG_INFINITY => json!("-inf"),
        value => json!(text.parse::<f64>().unwrap_or(value)),
    }
}

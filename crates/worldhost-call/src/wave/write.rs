//! Values as text.

use crate::handle::Names;
use wasmtime::component::Val;
use wasmtime::component::wasm_wave;
use wasmtime::component::wasm_wave::lex::Keyword;

/// A value as WAVE text.
pub(crate) fn text(value: &Val, names: &mut Names) -> String {
    match value {
        Val::Resource(_) | Val::Stream(_) | Val::Future(_) => names.next().to_string(),
        Val::List(values) | Val::FixedLengthList(values) => {
            format!("[{}]", joined(values, names))
        }
        Val::Map(pairs) => {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(key, value)| format!("({}, {})", text(key, names), text(value, names)))
                .collect();
            format!("[{}]", pairs.join(", "))
        }
        Val::Tuple(values) => format!("({})", joined(values, names)),
        Val::Record(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}: {}", text(value, names)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Val::Flags(flags) => format!("{{{}}}", flags.join(", ")),
        Val::Enum(case) => label(case),
        Val::Variant(case, payload) => with_payload(&label(case), payload.as_deref(), names),
        Val::Option(None) => "none".to_string(),
        Val::Option(Some(value)) => with_payload("some", Some(value), names),
        Val::Result(Ok(payload)) => with_payload("ok", payload.as_deref(), names),
        Val::Result(Err(payload)) => with_payload("err", payload.as_deref(), names),
        // There is nothing in it that a host is told.
        Val::ErrorContext(_) => "error-context".to_string(),
        scalar => wasm_wave::to_string(scalar).unwrap_or_default(),
    }
}

/// A string as WAVE text.
pub(crate) fn string(text: &str) -> String {
    wasm_wave::to_string(&Val::String(text.to_string())).unwrap_or_default()
}

/// What a future of nothing comes to.
pub(crate) const READY: &str = "ready";

fn joined(values: &[Val], names: &mut Names) -> String {
    let values: Vec<String> = values.iter().map(|value| text(value, names)).collect();
    values.join(", ")
}

fn with_payload(case: &str, payload: Option<&Val>, names: &mut Names) -> String {
    match payload {
        Some(payload) => format!("{case}({})", text(payload, names)),
        None => case.to_string(),
    }
}

/// A case that is spelt like a keyword is marked as none.
pub(crate) fn label(case: &str) -> String {
    match Keyword::decode(case) {
        Some(_) => format!("%{case}"),
        None => case.to_string(),
    }
}

//! What comes of a call.

use crate::handle::Names;
use crate::json::write::to_json;
use crate::wave::write;
use wasmtime::component::Val;

/// The result of a call, or an item of a stream in it.
#[derive(Debug)]
pub struct Answer {
    pub(crate) value: Option<Val>,
    pub(crate) names: Names,
}

impl Answer {
    /// The value; none when the function has no result, and for an item of a stream
    /// without a type.
    pub fn value(&self) -> Option<&Val> {
        self.value.as_ref()
    }

    /// Whether it is itself a stream or future, of which nothing is known yet.
    pub fn is_flow(&self) -> bool {
        matches!(self.value, Some(Val::Stream(_) | Val::Future(_)))
    }

    /// The value as WAVE; resources, streams and futures by the names that later calls
    /// have for them.
    pub fn to_wave(&self) -> Option<String> {
        let value = self.value.as_ref()?;
        Some(write::text(value, &mut self.names.clone()))
    }

    /// The value as JSON; null when the function has no result.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Some(value) => to_json(value, &mut self.names.clone()),
            None => serde_json::Value::Null,
        }
    }
}

/// What came by a stream or future in the result of a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum Part {
    /// Bytes of a `stream<u8>`: some that were there at once, of which there is always
    /// one.
    Bytes {
        /// The stream, by the name that it has in the answer, such as `$1` or `$1.2`.
        of: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// An item of another stream, or the value of a future.
    Item {
        /// The stream or future, by the name that it has in the answer.
        of: String,
        /// The item.
        item: Answer,
    },
}

impl Part {
    /// The stream or future, by the name that it has in the answer.
    pub fn of(&self) -> &str {
        match self {
            Part::Bytes { of, .. } | Part::Item { of, .. } => of,
        }
    }

    /// The item as WAVE, `ready` where it has no type; bytes as a string where they are that,
    /// else as a list.
    pub fn to_wave(&self) -> String {
        match self {
            Part::Item { item, .. } => item.to_wave().unwrap_or_else(|| write::READY.into()),
            Part::Bytes { bytes, .. } => match std::str::from_utf8(bytes) {
                Ok(text) => write::string(text),
                Err(_) => format!("{bytes:?}"),
            },
        }
    }

    /// The item as JSON, null where it has no type; bytes as a string where they are that,
    /// else as an array.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Part::Item { item, .. } => item.to_json(),
            Part::Bytes { bytes, .. } => match std::str::from_utf8(bytes) {
                Ok(text) => text.into(),
                Err(_) => bytes.as_slice().into(),
            },
        }
    }
}

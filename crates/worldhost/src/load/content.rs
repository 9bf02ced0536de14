//! What is known of a component's bytes, without having them.

use crate::cache::digest::Digest;
use crate::engine::proposals::CONCURRENCY;
use crate::version;
use std::fmt;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// What a cache notes of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) digest: Digest,
    /// Whether it needs an engine with concurrency.
    pub(crate) concurrent: bool,
}

impl Content {
    pub(crate) fn of(component: &[u8]) -> Self {
        Content {
            digest: Digest::of(component),
            concurrent: is_concurrent(component),
        }
    }

    /// As it is in a memo, before the identity.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (digest, concurrent) = text.split_once(' ')?;
        Some(Content {
            digest: Digest::parse(digest)?,
            concurrent: concurrent.parse().ok()?,
        })
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.digest, self.concurrent)
    }
}

/// Whether a component needs concurrency: for its types, or for WASI 0.3. What is no
/// valid component is said to, so that the engine that knows most says what is wrong.
pub(crate) fn is_concurrent(component: &[u8]) -> bool {
    if !cfg!(feature = "p3") {
        return false;
    }
    let mut validator = Validator::new_with_features(WasmFeatures::all() - CONCURRENCY);
    for payload in Parser::new(0).parse_all(component) {
        let Ok(payload) = payload else {
            return true;
        };
        // The bodies of functions are not looked at: they are most of the work.
        if names_wasi_p3(&payload) || validator.payload(&payload).is_err() {
            return true;
        }
    }
    false
}

/// Not all of WASI 0.3 is concurrent by its types.
fn names_wasi_p3(payload: &Payload) -> bool {
    let p3 = |name: &str| name.starts_with("wasi:") && version::is_p3(name);
    match payload {
        Payload::ComponentImportSection(imports) => {
            let mut imports = imports.clone().into_iter().flatten();
            imports.any(|import| p3(import.name.name))
        }
        Payload::ComponentExportSection(exports) => {
            let mut exports = exports.clone().into_iter().flatten();
            exports.any(|export| p3(export.name.name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_read_as_it_was_printed() {
        let content = Content {
            digest: Digest::of(b"one"),
            concurrent: true,
        };
        assert_eq!(Content::parse(&content.to_string()), Some(content));
        assert_eq!(Content::parse("one true"), None);
        assert_eq!(Content::parse(""), None);
    }
}

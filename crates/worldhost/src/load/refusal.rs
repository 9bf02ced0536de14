//! Why a component is not taken: it is broken, a proposal is off that it is made with, or
//! Wasmtime has not got so far.

use super::expect::expect_component;
use crate::engine::proposals::{Proposal, Proposals};
use crate::error::{Error, Result};
use crate::wording;
use wasmparser::{Validator, WasmFeatures};
use wasmtime::Engine;

/// What there is to say of a component by its own bytes, for an engine that has these
/// features.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Valid,
    /// Valid with these, which the engine does not have.
    Lacks(Vec<Proposal>),
    /// Not valid with any, in the validator's words.
    Broken(String),
}

/// The error for a component that `engine` did not take, with what that said.
pub(crate) fn of(engine: &Engine, name: &str, component: &[u8], words: &str) -> Error {
    let verdict = verdict(component, engine.get_wasm_features());
    error(verdict, name).unwrap_or_else(|| Error::Refused {
        name: name.to_string(),
        message: words.to_string(),
    })
}

/// The error of a verdict, if it is one.
pub(crate) fn error(verdict: Verdict, name: &str) -> Option<Error> {
    let name = name.to_string();
    match verdict {
        Verdict::Valid => None,
        Verdict::Lacks(proposals) => Some(Error::Lacks { name, proposals }),
        Verdict::Broken(words) => Some(Error::Invalid {
            name,
            message: with_meaning(&words),
        }),
    }
}

/// Says whether a component is valid with these proposals, its code too. `name` is what
/// errors call it.
///
/// # Errors
///
/// [`Error::NotWasm`] and the others for bytes that are no component, [`Error::Invalid`],
/// and [`Error::Lacks`].
pub fn validate(name: &str, component: &[u8], proposals: &Proposals) -> Result<()> {
    expect_component(name, component)?;
    match error(verdict(component, proposals.flags()), name) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Looks at all of a component, its code too.
pub(crate) fn verdict(component: &[u8], has: WasmFeatures) -> Verdict {
    let mut with = has;
    let broken = loop {
        let Err(error) = valid(component, with) else {
            return lacking(with - has);
        };
        match error.missing_wasm_feature() {
            Some(missing) if !with.contains(missing) => with |= missing,
            // Of some features it cannot tell that they are what is missing.
            _ => break error,
        }
    };
    if valid(component, WasmFeatures::all()).is_err() {
        return Verdict::Broken(broken.to_string());
    }
    let mut needed = WasmFeatures::all();
    for proposal in Proposal::all() {
        let without = needed - (proposal.flags() - has);
        if valid(component, without).is_ok() {
            needed = without;
        }
    }
    lacking(needed - has)
}

fn valid(component: &[u8], features: WasmFeatures) -> wasmparser::Result<()> {
    let mut validator = Validator::new_with_features(features);
    validator.validate_all(component).map(drop)
}

fn lacking(features: WasmFeatures) -> Verdict {
    match features.is_empty() {
        true => Verdict::Valid,
        false => Verdict::Lacks(Proposal::of(features)),
    }
}

/// What the validator said, on one line, and what it most likely means.
fn with_meaning(words: &str) -> String {
    let words = words.replace('\n', ": ");
    if wording::is_cut_off(&words) {
        format!("the file is cut off: {words}")
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine_has() -> WasmFeatures {
        let engine = Engine::default();
        engine.get_wasm_features()
    }

    fn lacks(wat: &str) -> Vec<String> {
        match verdict(&wat::parse_str(wat).unwrap(), engine_has()) {
            Verdict::Lacks(proposals) => proposals.iter().map(|p| p.to_string()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn all_that_is_off_is_named_at_once() {
        let wide = "(core module (func (param i64 i64) (result i64 i64)
            (i64.mul_wide_u (local.get 0) (local.get 1))))";
        let list = "(type (list u8 4)) (type (map string u8))";
        assert_eq!(lacks(&format!("(component {wide})")), ["wide-arithmetic"]);
        assert_eq!(
            lacks(&format!("(component {wide} {list})")),
            [
                "wide-arithmetic",
                "component-model-map",
                "component-model-fixed-length-lists"
            ]
        );
    }

    /// The validator has no name for what is missing here.
    #[test]
    fn what_the_validator_cannot_name_is_found_by_trial() {
        let module = |instructions: &str| {
            let func = format!("(func (local exnref) {instructions})");
            format!("(component (core module {func}))")
        };
        let with = wat::parse_str(module("")).unwrap();
        let has = engine_has() - WasmFeatures::EXCEPTIONS;
        assert!(matches!(verdict(&with, has), Verdict::Lacks(_)));
        let bytes = wat::parse_str(module("try catch_all end")).unwrap();
        let Verdict::Lacks(found) = verdict(&bytes, engine_has()) else {
            panic!("legacy exceptions are off");
        };
        assert_eq!(found[0].to_string(), "legacy-exceptions");
    }

    #[test]
    fn broken_bytes_are_broken_whatever_is_off() {
        let whole = wat::parse_str("(component (type (list u8 4)) (core module (func)))").unwrap();
        let cut = &whole[..whole.len() - 1];
        assert!(matches!(verdict(cut, engine_has()), Verdict::Broken(_)));
        assert_eq!(verdict(&whole, WasmFeatures::all()), Verdict::Valid);
    }
}

//! The WIT in a component.

use crate::error::{Error, Result};
use crate::screen::decoded;
use wasmparser::Parser;
use wit_parser::decoding::DecodedWasm;
use wit_parser::{PackageId, Resolve, WorldId};

/// Reads what a component imports and exports: a world that nobody wrote, in the WIT
/// that is in every component. `name` is what errors call it.
///
/// # Errors
///
/// [`Error::NotComponent`] for other bytes, and [`Error::Invalid`].
pub fn decode(name: &str, bytes: &[u8]) -> Result<(Resolve, WorldId)> {
    if !Parser::is_component(bytes) {
        let message = match Parser::is_core_wasm(bytes) {
            true => "it is a core module, which has no typed imports and exports",
            false => "it is not WebAssembly",
        };
        return Err(Error::NotComponent {
            name: name.to_string(),
            message: message.to_string(),
        });
    }
    let invalid = |message: String| Error::Invalid {
        name: name.to_string(),
        message,
    };
    match decoded(bytes) {
        Ok(DecodedWasm::Component(resolve, world)) => Ok((resolve, world)),
        Ok(DecodedWasm::WitPackage(..)) => {
            Err(invalid("it is a WIT package, with no code to run".into()))
        }
        Err(words) => Err(invalid(words)),
    }
}

/// Reads a WIT package in its binary form, or in the text of that.
///
/// # Errors
///
/// What is wrong with it, in words that no file is named in.
pub fn decode_package(bytes: &[u8]) -> Result<(Resolve, PackageId), String> {
    let binary = wat::parse_bytes(bytes).map_err(|error| error.to_string())?;
    match decoded(&binary)? {
        DecodedWasm::WitPackage(resolve, package) => Ok((resolve, package)),
        DecodedWasm::Component(..) => Err("it is a component, and no WIT package".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On each of these the decoder panics.
    #[test]
    fn what_wit_has_no_words_for_is_an_error() {
        let instance = |ty: &str| {
            format!(
                r#"(component (import "a:b/c" (instance $i {ty})) (export "a:b/c" (instance $i)))"#
            )
        };
        for (text, words) in [
            (
                r#"(component (import "url=<https://f>" (func)))"#.to_string(),
                "`url=<https://f>` is no name of a function in WIT",
            ),
            (
                r#"(component (import "a:b/c" (func)))"#.to_string(),
                "`a:b/c` is no name of a function in WIT",
            ),
            (
                r#"(component (type $f (func)) (export "f" (type $f)))"#.to_string(),
                "`f` is the type of a function",
            ),
            (
                r#"(component (type $f (instance)) (import "f" (type (eq $f))))"#.to_string(),
                "`f` is the type of an instance",
            ),
            (
                instance(r#"(export "r" (type (sub resource)))"#),
                "the type `r` appears more than once",
            ),
            (
                instance(r#"(type $t (enum "a")) (export "t" (type (eq $t)))"#),
                "the type `t` appears more than once",
            ),
        ] {
            let bytes = wat::parse_str(&text).unwrap();
            let error = decode("x.wasm", &bytes).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_no_component_is_told_what_it_is() {
        for (bytes, words) in [
            (
                &b"\0asm\x01\0\0\0"[..],
                "x.wasm is not a component: it is a core module",
            ),
            (b"text", "x.wasm is not a component: it is not WebAssembly"),
            (
                b"\0asm\x0d\0\x01\0\xff",
                "x.wasm is not a valid component: ",
            ),
        ] {
            let error = decode("x.wasm", bytes).unwrap_err().to_string();
            assert!(error.starts_with(words), "{error}");
        }
    }
}

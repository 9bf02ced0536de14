//! The WIT in a component.

use crate::error::{Error, Result};
use wasmparser::Parser;
use wit_parser::decoding::DecodedWasm;
use wit_parser::{Resolve, WorldId};

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
    match wit_parser::decoding::decode(bytes) {
        Ok(DecodedWasm::Component(resolve, world)) => Ok((resolve, world)),
        Ok(DecodedWasm::WitPackage(..)) => {
            Err(invalid("it is a WIT package, with no code to run".into()))
        }
        Err(error) => Err(invalid(format!("{error:#}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

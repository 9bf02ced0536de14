//! A component of a world, for a test of its host: it imports all that the world has, and
//! its exports answer with zeros: empty texts and lists, nothing, the first case.

use crate::error::{Error, Result};
use std::collections::BTreeSet;
use std::path::Path;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// A component of a world in a directory, which imports all that the world has and whose
/// exports answer with zeros: empty texts and lists, nothing, the first case. It is without what is unstable: no host has that unasked.
///
/// # Errors
///
/// [`Error::Generate`] when there is none: the world is not in it, or has what cannot be
/// answered.
pub fn answering(wit: &Path, name: &str) -> Result<Vec<u8>> {
    let made = || -> anyhow::Result<Vec<u8>> {
        let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_path(wit)?;
        let world = resolve.select_world(&[package], Some(name))?;
        let module = dummy_module(&resolve, world, abi);
        let text = filled(&wasmprinter::print_bytes(module)?);
        let mut module = wat::parse_str(text)?;
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
        let mut encoder = ComponentEncoder::default().module(&module)?.validate(true);
        encoder.encode()
    };
    made().map_err(|error| Error::Generate {
        world: name.to_string(),
        message: format!("no component can be made for its test: {error:#}"),
    })
}

/// Memory for what comes in, behind the zeros that are answered with.
const FREE: &str = "i32.const 65536";

/// The module with values in place of `unreachable`.
fn filled(text: &str) -> String {
    let allocates: BTreeSet<&str> = text
        .lines()
        .filter(|line| line.contains("realloc\" (func "))
        .filter_map(|line| line.split("(func ").nth(1)?.split(')').next())
        .collect();
    let (mut body, mut result) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let words = line.trim();
        if words.starts_with("(memory ") {
            result.push(line.replace(" 0)", " 32)"));
            continue;
        }
        if words.starts_with("(func (;") {
            let at = words.trim_start_matches("(func (;").split(';').next();
            let results = words.split("(result ").nth(1);
            let results = results.and_then(|rest| rest.split(')').next());
            let types = results.unwrap_or_default().split_whitespace();
            body = match at.is_some_and(|at| allocates.contains(at)) {
                true => vec![FREE.to_string()],
                false => types.map(|ty| format!("{ty}.const 0")).collect(),
            };
        }
        match words {
            "unreachable" => result.append(&mut body),
            _ => result.push(line.to_string()),
        }
    }
    result.join("\n")
}

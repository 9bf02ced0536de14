//! Exit codes, which WASI preview 1 has and the published adapter loses: it knows but
//! success and failure, as `wasi:cli/exit.exit` does.

use super::module::PREVIEW1;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{ImportSection, RawSection};
use wasmparser::{Import, Parser, Payload};
use wit_component::{StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The module with its `proc_exit` bound to `wasi:cli/exit.exit-with-code`, whose core
/// function has the same type; none if it has no `proc_exit`.
///
/// # Errors
///
/// When the module is broken.
pub fn kept(bytes: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
    let mut module = wasm_encoder::Module::new();
    let mut found = false;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        if let Payload::ImportSection(imports) = payload {
            let mut section = ImportSection::new();
            for import in imports.into_imports() {
                found |= add(&mut section, import?)?;
            }
            module.section(&section);
        } else if let Some((id, range)) = payload.as_section() {
            let data = &bytes[range];
            module.section(&RawSection { id, data });
        }
    }
    if !found {
        return Ok(None);
    }
    let mut module = module.finish();
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let package = resolve.push_str("exit.wit", WIT)?;
    let world = resolve.select_world(&[package], None)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(Some(module))
}

/// Adds an import, and says whether it is `proc_exit`.
fn add(section: &mut ImportSection, mut import: Import<'_>) -> Result<bool, Error> {
    let is_exit = (import.module, import.name) == (PREVIEW1, "proc_exit");
    if is_exit {
        (import.module, import.name) = (EXIT, "exit-with-code");
    }
    RoundtripReencoder.parse_import(section, import)?;
    Ok(is_exit)
}

/// Of the release that the adapter imports, so that both are one import.
const EXIT: &str = "wasi:cli/exit@0.2.12";

const WIT: &str = "\
package wasi:cli@0.2.12;
interface exit {
  @unstable(feature = cli-exit-with-code)
  exit-with-code: func(status-code: u8);
}
world exit-code {
  import exit;
}";

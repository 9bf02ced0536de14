//! What a file is that is no component.

use crate::error::{Error, Result};
use wasmparser::{ComponentExternalKind, ComponentType, Parser, Payload};
use wasmtime::Engine;

/// That the bytes begin like a component. The rest is told what it is.
///
/// # Errors
///
/// [`Error::NotWasm`], [`Error::CoreModule`], [`Error::WitPackage`] or
/// [`Error::Compiled`] by what they are.
pub fn expect_component(name: &str, bytes: &[u8]) -> Result<()> {
    let name = || name.to_string();
    if Parser::is_component(bytes) {
        return match is_wit_package(bytes) {
            true => Err(Error::WitPackage { name: name() }),
            false => Ok(()),
        };
    }
    if Parser::is_core_wasm(bytes) {
        return Err(Error::CoreModule {
            name: name(),
            preview1: imports_preview1(bytes),
        });
    }
    if Engine::detect_precompiled(bytes).is_some() {
        return Err(Error::Compiled { name: name() });
    }
    Err(Error::NotWasm {
        name: name(),
        found: looks_like(bytes).to_string(),
    })
}

fn looks_like(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"\0asm") {
        return "it is cut off, or of an unknown version";
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // Of a long text there is the beginning.
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return "it does not begin with `\\0asm`",
    };
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return "it is empty";
    }
    if is_wat(text) {
        return "it is WebAssembly text";
    }
    if is_wit(text) {
        return "it is WIT text";
    }
    "it is plain text"
}

/// Whether the text begins with what WebAssembly text begins with, comments aside.
fn is_wat(text: &str) -> bool {
    let mut text = text.trim_start();
    loop {
        let rest = match text {
            _ if text.starts_with(";;") => text.split_once('\n').map(|(_, rest)| rest),
            _ if text.starts_with("(;") => text.split_once(";)").map(|(_, rest)| rest),
            _ => break,
        };
        let Some(rest) = rest else {
            return false;
        };
        text = rest.trim_start();
    }
    let field = text.strip_prefix('(').map(str::trim_start);
    let kinds = [
        "component",
        "module",
        "core",
        "import",
        "export",
        "func",
        "type",
        "memory",
    ];
    field.is_some_and(|field| kinds.contains(&word(field)))
}

/// Whether the text begins with what WIT begins with, comments aside.
fn is_wit(text: &str) -> bool {
    let mut text = text.trim_start();
    loop {
        let rest = match text {
            _ if text.starts_with("//") => text.split_once('\n').map(|(_, rest)| rest),
            _ if text.starts_with("/*") => text.split_once("*/").map(|(_, rest)| rest),
            _ if text.starts_with('@') => text.split_once(')').map(|(_, rest)| rest),
            _ => break,
        };
        let Some(rest) = rest else {
            return false;
        };
        text = rest.trim_start();
    }
    let (first, second) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let second = second.trim_start();
    match first {
        "package" => second.contains(':'),
        "interface" | "world" => second.contains('{'),
        "use" => second.contains('/'),
        _ => false,
    }
}

/// The letters that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric());
    &text[..end.unwrap_or(text.len())]
}

/// Whether it is types of components under a name each, and nothing else: what worlds and
/// interfaces are encoded as.
fn is_wit_package(bytes: &[u8]) -> bool {
    // Of each type whether it is a component's.
    let mut types = Vec::new();
    let mut exports = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::Version { .. } | Payload::CustomSection(_)) => {}
            Ok(Payload::ComponentTypeSection(section)) => {
                for ty in section {
                    types.push(matches!(ty, Ok(ComponentType::Component(_))));
                }
            }
            Ok(Payload::ComponentExportSection(section)) => {
                for export in section {
                    let Ok(export) = export else {
                        return false;
                    };
                    let is_type = export.kind == ComponentExternalKind::Type;
                    if !is_type || types.get(export.index as usize) != Some(&true) {
                        return false;
                    }
                    // It gives the type another index.
                    types.push(true);
                    exports += 1;
                }
            }
            Ok(Payload::End(_)) => return exports > 0,
            _ => return false,
        }
    }
    false
}

fn imports_preview1(bytes: &[u8]) -> bool {
    Parser::new(0)
        .parse_all(bytes)
        .map_while(|payload| payload.ok())
        .filter_map(|payload| match payload {
            Payload::ImportSection(imports) => Some(imports),
            _ => None,
        })
        .flat_map(|imports| imports.into_imports())
        .any(|import| import.is_ok_and(|import| import.module == "wasi_snapshot_preview1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> String {
        match expect_component("x", bytes) {
            Ok(()) => "a component".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_text_is_told_what_it_is() {
        for text in [
            "(module)",
            ";; a note\n(; and\n another ;)\n( component $c (core module))",
            "(func (export \"f\"))",
            "\u{feff}(component)",
        ] {
            assert_eq!(
                told(text.as_bytes()),
                "x is not WebAssembly: it is WebAssembly text"
            );
        }
        for text in [
            "package a:b;\nworld w {}",
            "// a note\n/* another */ interface i { }",
            "/// Docs.\n@since(version = 0.2.0)\nworld w {\n}",
            "use a:b/c;",
        ] {
            assert_eq!(
                told(text.as_bytes()),
                "x is not WebAssembly: it is WIT text",
                "{text}"
            );
        }
        for text in [
            "package main\n\nfunc main() {}",
            "(a note) is here",
            "use strict",
            "// only",
        ] {
            assert_eq!(
                told(text.as_bytes()),
                "x is not WebAssembly: it is plain text",
                "{text}"
            );
        }
    }

    #[test]
    fn a_wit_package_is_no_component() {
        let package = wat::parse_str(
            r#"(component
                (type $w (component (type (component)) (export "a:b/w" (component (type 0)))))
                (export "w" (type $w)) (export "v" (type $w)))"#,
        );
        assert_eq!(
            told(&package.unwrap()),
            "x is a WIT package in binary form, with no code to run"
        );
        for component in [
            "(component)",
            r#"(component (type $e (enum "a")) (export "e" (type $e)))"#,
            r#"(component (type $i (instance)) (export "i" (type $i)))"#,
            r#"(component (type $c (component)) (core module) (export "c" (type $c)))"#,
            "(component (type (component)))",
        ] {
            assert_eq!(told(&wat::parse_str(component).unwrap()), "a component");
        }
    }
}

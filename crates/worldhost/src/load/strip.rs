//! A component without its code: Wasmtime compiles it in no time, and says of it what it
//! says of the whole, but for what is in the bodies of functions.

use wasm_encoder::{CodeSection, Component, Encode, Function, Section};
use wasmparser::BinaryReader;

/// The same component, in which every function of a core module traps. None for bytes that
/// cannot be taken apart.
pub(crate) fn without_code(component: &[u8]) -> Option<Vec<u8>> {
    let mut stripped = Component::HEADER.to_vec();
    sections(component, |id, content| {
        match id {
            CORE_MODULE => put(id, &module(content)?, &mut stripped),
            COMPONENT => put(id, &without_code(content)?, &mut stripped),
            _ => put(id, content, &mut stripped),
        }
        Some(())
    })?;
    Some(stripped)
}

/// Of a component.
const CORE_MODULE: u8 = 1;
const COMPONENT: u8 = 4;

fn module(module: &[u8]) -> Option<Vec<u8>> {
    let mut stripped = wasm_encoder::Module::HEADER.to_vec();
    sections(module, |id, content| {
        match id {
            CODE => traps(
                BinaryReader::new(content, 0).read_var_u32().ok()?,
                &mut stripped,
            ),
            // Only code refers to what is in them.
            DATA | DATA_COUNT => {}
            CUSTOM if is_for_debugging(content) => {}
            _ => put(id, content, &mut stripped),
        }
        Some(())
    })?;
    Some(stripped)
}

/// Of a core module.
const CUSTOM: u8 = 0;
const CODE: u8 = 10;
const DATA: u8 = 11;
const DATA_COUNT: u8 = 12;

fn is_for_debugging(custom: &[u8]) -> bool {
    let name = BinaryReader::new(custom, 0).read_string();
    name.is_ok_and(|name| name == "name" || name.starts_with(".debug"))
}

fn traps(count: u32, to: &mut Vec<u8>) {
    let mut body = Function::new([]);
    body.instructions().unreachable().end();
    let mut code = CodeSection::new();
    for _ in 0..count {
        code.function(&body);
    }
    code.append_to(to);
}

fn put(id: u8, content: &[u8], to: &mut Vec<u8>) {
    to.push(id);
    content.encode(to);
}

/// Each section's id and content, after the eight bytes that all begin with.
fn sections(bytes: &[u8], mut each: impl FnMut(u8, &[u8]) -> Option<()>) -> Option<()> {
    let mut reader = BinaryReader::new(bytes.get(8..)?, 0);
    while !reader.eof() {
        let id = reader.read_u8().ok()?;
        let size = reader.read_var_u32().ok()? as usize;
        each(id, reader.read_bytes(size).ok()?)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::Engine;
    use wasmtime::component::Component as Compiled;

    #[test]
    fn what_is_left_imports_and_exports_the_same() {
        let wat = r#"(component
            (import "host" (func $host (param "s" string)))
            (component $inner
                (core module $m
                    (memory (export "m") 1) (data (i32.const 0) "data") (data $d "passive")
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 8)
                    (func (export "f") (param i32) (result i32)
                        (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))
                        local.get 0))
                (core instance $i (instantiate $m))
                (func (export "f") (param "x" u32) (result u32) (canon lift (core func $i "f"))))
            (instance $inner (instantiate $inner))
            (export "inner" (instance $inner)))"#;
        let whole = wat::parse_str(wat).unwrap();
        let stripped = without_code(&whole).unwrap();
        assert!(stripped.len() < whole.len());
        assert!(!stripped.windows(7).any(|bytes| bytes == b"passive"));
        let engine = Engine::default();
        let names = |bytes: &[u8]| {
            let compiled = Compiled::from_binary(&engine, bytes).unwrap();
            let ty = compiled.component_type();
            let imports = ty.imports(&engine).map(|(name, _)| name.to_string());
            let exports = ty.exports(&engine).map(|(name, _)| name.to_string());
            imports.chain(exports).collect::<Vec<_>>()
        };
        assert_eq!(names(&stripped), names(&whole));
        assert_eq!(names(&stripped), ["host", "inner"]);
    }

    #[test]
    fn what_cannot_be_taken_apart_is_left() {
        let whole = wat::parse_str("(component (core module (func)))").unwrap();
        assert!(without_code(&whole[..whole.len() - 1]).is_none());
        assert!(without_code(b"\0asm").is_none());
    }
}

//! Components within all that is counted, each near to one of the limits or to what makes the
//! most work of it: for who validates it, reads its WIT, or asks the linker item by item.

use std::fmt::Write;
use wasm_encoder::{
    BlockType, CodeSection, Component, Function, FunctionSection, Instruction, Module,
    ModuleSection, TypeSection, ValType,
};

/// Each with its name.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: String| wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"));
    vec![
        ("unknown-interfaces", text(imports("a:b/i", "", 900))),
        (
            "other-versions",
            text(imports("wasi:io/poll@0.2.", "", 300)),
        ),
        (
            "long-names",
            text(imports("a:b/i", &"y".repeat(50_000), 20)),
        ),
        ("functions-of-one", text(functions(300))),
        ("records", text(records(30_000))),
        ("exports-alike", text(exports_alike(150))),
        ("nested", text(nested(90))),
        ("modules-functions", module_of_functions(40_000)),
    ]
}

/// Interfaces by many names, each with a function that nobody has.
fn imports(name: &str, more: &str, count: usize) -> String {
    let mut imports = String::new();
    for n in 0..count {
        let _ = write!(imports, r#"(import "{name}{n}{more}" (instance (type 0)))"#);
    }
    format!(r#"(component (type (instance (export "zz" (func)))) {imports})"#)
}

fn functions(count: usize) -> String {
    let mut functions = String::new();
    for n in 0..count {
        let _ = write!(functions, r#"(export "f{n}" (func))"#);
    }
    format!(r#"(component (import "wasi:io/poll@0.2.0" (instance {functions})))"#)
}

fn records(count: usize) -> String {
    let mut records = String::new();
    for n in 0..count {
        let _ = write!(
            records,
            r#"(type $t{n} (record (field "a" u32) (field "b" string)))
               (export $e{n} "t{n}" (type $t{n}))"#
        );
    }
    format!("(component {records})")
}

/// Instances with one type, which WIT has no words for more than once: what of them can be
/// shown is found by trying.
fn exports_alike(count: usize) -> String {
    let mut instances = String::new();
    for n in 0..count {
        let _ = write!(
            instances,
            r#"(instance $i{n} (export "t" (type $t))) (export "a:b/e{n}" (instance $i{n}))"#
        );
    }
    format!(r#"(component (type $t (enum "a")) {instances})"#)
}

fn nested(depth: usize) -> String {
    let inner = "(component ".repeat(depth);
    format!("{inner}{}", ")".repeat(depth))
}

fn module_of_functions(count: u32) -> Vec<u8> {
    let mut body = Function::new([]);
    body.instruction(&Instruction::End);
    module(&[], &body, count)
}

/// A jump with so many targets, each of which has so many values: the validator looks at each
/// of the one for each of the other.
pub fn jumps(targets: usize, values: usize, times: u32) -> Vec<u8> {
    let mut body = Function::new([]);
    body.instruction(&Instruction::Block(BlockType::FunctionType(1)));
    body.instruction(&Instruction::Unreachable);
    body.instruction(&Instruction::BrTable(vec![0; targets].into(), 0));
    body.instruction(&Instruction::End);
    for _ in 0..values {
        body.instruction(&Instruction::Drop);
    }
    body.instruction(&Instruction::End);
    module(&vec![ValType::I32; values], &body, times)
}

/// A component of a module that has this function so often, and a type with these results.
fn module(results: &[ValType], body: &Function, times: u32) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([], results.iter().copied());
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for _ in 0..times {
        functions.function(0);
        code.function(body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    let mut component = Component::new();
    component.section(&ModuleSection(&module));
    component.finish()
}

//! For each proposal something small that is made with it.

use wasm_encoder::{
    Component, ComponentExternName, ComponentImportSection, ComponentTypeRef, ComponentTypeSection,
    InstanceType, ModuleSection, NestedComponentSection, RawSection,
};

/// What is made with a proposal: fields of a core module, or of a component, as text.
enum Use {
    Module(&'static str),
    Component(&'static str),
    /// The bytes of a core module's sections, where there is no text for it.
    Sections(&'static [(u8, &'static [u8])]),
    /// An import with a version in two parts, for which there is no text either.
    Suffix,
}

use Use::{Module as Core, Sections};

#[rustfmt::skip]
const USES: &[(&str, Use)] = &[
    ("mutable-global", Core(r#"(global (export "g") (mut i32) (i32.const 0))"#)),
    ("saturating-float-to-int", Core("(func (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0)))")),
    ("sign-extension", Core("(func (param i32) (result i32) (i32.extend8_s (local.get 0)))")),
    ("floats", Core("(func (param f32))")),
    ("gc-types", Core("(func (param externref))")),
    ("bulk-memory-opt", Core("(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))")),
    ("reference-types", Core("(table 1 externref)")),
    ("multi-value", Core("(func (result i32 i32) i32.const 1 i32.const 2)")),
    ("bulk-memory", Core(r#"(memory 1) (data $d "") (func (data.drop $d))"#)),
    ("simd", Core("(func (param v128))")),
    ("relaxed-simd", Core("(func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))")),
    ("tail-call", Core("(func $f (return_call $f))")),
    ("multi-memory", Core("(memory 0) (memory 0)")),
    ("memory64", Core("(memory i64 0)")),
    ("extended-const", Core("(global i32 (i32.add (i32.const 1) (i32.const 2)))")),
    ("function-references", Core("(type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0)))")),
    ("gc", Core("(type (struct (field i32)))")),
    ("exceptions", Core("(tag)")),
    ("wide-arithmetic", Core("(func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))")),
    ("custom-page-sizes", Core("(memory 0 (pagesize 1))")),
    ("threads", Core("(memory 1 1 shared)")),
    ("threads", Core("(memory 1) (func (result i32) (i32.atomic.load (i32.const 0)))")),
    ("shared-everything-threads", Core("(type (shared (func)))")),
    ("stack-switching", Core("(type $f (func)) (type (cont $f))")),
    ("legacy-exceptions", Core("(func try catch_all end)")),
    ("memory-control", Core("(memory 1) (func (memory.discard (i32.const 0) (i32.const 0)))")),
    ("custom-descriptors", Core("(rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct)))")),
    // A type; an import of `m`, in groups, without any item.
    ("compact-imports", Sections(&[(1, &[1, 0x60, 0, 0]), (2, &[1, 1, b'm', 0, 0x7f, 0])])),
    ("component-model-async", Use::Component("(type (stream u8))")),
    ("component-model-async", Use::Component("(core func (canon backpressure.inc))")),
    ("component-model-more-async-builtins", Use::Component("(core func (canon subtask.cancel async))")),
    ("component-model-async-stackful", Use::Component(
        r#"(core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (func (export "f") async (canon lift (core func $i "f") async))"#)),
    ("component-model-threading", Use::Component("(core func (canon thread.index))")),
    ("component-model-error-context", Use::Component("(type (option error-context))")),
    ("component-model-map", Use::Component("(type (map string u32))")),
    ("component-model-fixed-length-lists", Use::Component("(type (list u8 4))")),
    ("component-model-implements", Use::Component(r#"(import "one" (implements "a:b/c") (instance))"#)),
    ("component-model-memory64", Use::Component(
        r#"(core module $m (memory (export "m") i64 1) (func (export "f") (param i64 i64))
            (func (export "r") (param i64 i64 i64 i64) (result i64) unreachable))
        (core instance $i (instantiate $m))
        (func (export "f") (param "s" string) (canon lift (core func $i "f")
            (memory (core memory $i "m")) (realloc (core func $i "r"))))"#)),
    ("component-model-gc", Use::Component(
        r#"(import "f" (func $f)) (core type $t (func)) (core func (canon lower (func $f) gc (core-type $t)))"#)),
    ("component-model-values", Use::Component(r#"(import "v" (value $v u32)) (export "w" (value $v))"#)),
    ("component-model-nested-names", Use::Component(r#"(import "a:b:c/d/e" (instance))"#)),
    ("component-model-canon-names", Use::Suffix),
];

/// The same component, with a part that is made with the proposal beside what it has.
/// Nothing of it is run.
pub fn with_proposal(component: &[u8], index: usize) -> Vec<u8> {
    let mut more = Component::new();
    match &USES[index].1 {
        Core(fields) => {
            let module = wat::parse_str(format!("(module {fields})"));
            let module = module.unwrap_or_else(|error| panic!("{fields}: {error}"));
            more.section(&RawSection {
                id: 1,
                data: &module,
            });
        }
        Use::Component(fields) => {
            let nested = wat::parse_str(format!("(component {fields})"));
            let nested = nested.unwrap_or_else(|error| panic!("{fields}: {error}"));
            more.section(&RawSection {
                id: 4,
                data: &nested,
            });
        }
        Use::Suffix => {
            let mut nested = Component::new();
            let mut types = ComponentTypeSection::new();
            types.instance(&InstanceType::new());
            let mut imports = ComponentImportSection::new();
            let name = ComponentExternName {
                name: "a:b/c@1".into(),
                implements: None,
                version_suffix: Some(".2.3".into()),
                external_id: None,
            };
            imports.import(name, ComponentTypeRef::Instance(0));
            nested.section(&types).section(&imports);
            more.section(&NestedComponentSection(&nested));
        }
        Sections(sections) => {
            let mut module = wasm_encoder::Module::new();
            for &(id, data) in *sections {
                module.section(&RawSection { id, data });
            }
            more.section(&ModuleSection(&module));
        }
    }
    let mut bytes = component.to_vec();
    bytes.extend_from_slice(&more.finish()[8..]);
    bytes
}

/// The proposals that [`with_proposal`] knows a part for, by the index of that.
pub fn proposals() -> impl Iterator<Item = &'static str> {
    USES.iter().map(|(proposal, _)| *proposal)
}

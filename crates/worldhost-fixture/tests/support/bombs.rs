//! Components that are small and come to a lot: each in one way that a compiler, a
//! validator or a reader of WIT would follow for hours, or until there is no memory left.

use std::fmt::Write;

pub struct Bomb {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    /// The option that names the limit which it is beyond.
    pub option: &'static str,
}

pub fn all() -> Vec<Bomb> {
    let bomb = |name, option, bytes| Bomb {
        name,
        bytes,
        option,
    };
    let text = |text: String| wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"));
    let (instances, items) = ("--max-component-instances", "--max-component-items");
    let (nesting, locals) = ("--max-component-nesting", "--max-component-locals");
    let (data, functions) = ("--max-component-data", "--max-component-functions");
    vec![
        bomb("doubled-instances", instances, text(doubled_instances())),
        bomb("doubled-exports", items, text(doubled_exports())),
        bomb("twice-of-twice", instances, text(twice_of_twice())),
        bomb("captured-twice", items, text(captured_twice())),
        bomb("never-made", items, text(never_made())),
        bomb("doubled-record", items, text(doubled_record())),
        bomb("imported-twice", items, text(imported_twice())),
        bomb("adapters", items, text(adapters())),
        bomb("long-names", items, text(long_names())),
        bomb("imported-modules", items, text(imported_modules())),
        bomb("deep-types", nesting, deep_types(300_000)),
        bomb("deep-components", nesting, deep_components(20_000)),
        bomb("deep-instances", nesting, text(deep_instances())),
        bomb("locals", locals, text(many_locals())),
        bomb("parameters", locals, many_parameters()),
        bomb("functions", functions, many_functions()),
        bomb("memories", data, text(gaps_in_memories())),
        bomb("tables", data, text(gaps_in_tables())),
    ]
}

/// A component with these fields, which exports `run` as commands do: nothing of the fields
/// is in the way of running it.
fn command(fields: &str) -> String {
    format!(
        r#"(component
            {fields}
            (core module $run (func (export "r") (result i32) i32.const 0))
            (core instance $run (instantiate $run))
            (func $run (result (result)) (canon lift (core func $run "r")))
            (instance $cli (export "run" (func $run)))
            (export "wasi:cli/run@0.2.12" (instance $cli)))"#
    )
}

/// None of them: something of each kind that is counted, and not much.
pub fn ordinary() -> Vec<u8> {
    let fields = r#"
        (component $inner
            (core module $m
                (memory 1)
                (data (i32.const 0) "what is in it")
                (func (param i32 i32) (local i64)))
            (core instance (instantiate $m)))
        (instance (instantiate $inner))"#;
    wat::parse_str(command(fields)).unwrap()
}

/// Each component instantiates the last one twice: 2^30 instances.
fn doubled_instances() -> String {
    let mut inner = "(component $c0)".to_string();
    for level in 1..=30 {
        let last = level - 1;
        inner = format!(
            "(component $c{level} {inner} (instance (instantiate $c{last})) \
             (instance (instantiate $c{last})))"
        );
    }
    command(&format!("{inner} (instance (instantiate $c30))"))
}

/// Each instance has the last one in it twice. There are few instances, and copies of what
/// they export.
fn doubled_exports() -> String {
    let mut fields = r#"(core module $m) (instance $i0 (export "m" (core module $m)))"#.to_string();
    for level in 1..=18 {
        let last = level - 1;
        let _ = write!(
            fields,
            r#"(instance $i{level} (export "a" (instance $i{last})) (export "b" (instance $i{last})))"#
        );
    }
    for copy in 0..100 {
        let _ = write!(
            fields,
            r#"(instance $x{copy} (export "a" (instance $i18)))"#
        );
    }
    command(&fields)
}

/// Components that are given a component, and make an instance of it twice: each level
/// squares what the last one did.
fn twice_of_twice() -> String {
    let mut fields = "(component $f0)".to_string();
    for level in 1..=24 {
        let last = level - 1;
        let _ = write!(
            fields,
            r#"(component $d{level}
                (import "f" (component $f))
                (component (export "g")
                    (alias outer 1 $f (component $f))
                    (instance (instantiate $f)) (instance (instantiate $f))))
            (instance $e{level} (instantiate $d{level} (with "f" (component $f{last}))))
            (alias export $e{level} "g" (component $f{level}))"#
        );
    }
    command(&format!("{fields} (instance (instantiate $f24))"))
}

/// Each component takes with it the last one, by two names that are there for it.
fn captured_twice() -> String {
    let mut fields = "(component $a0) (component $b0)".to_string();
    for level in 1..=40 {
        let last = level - 1;
        for name in ["a", "b"] {
            let _ = write!(
                fields,
                "(component ${name}{level} (alias outer 1 $a{last} (component)) \
                 (alias outer 1 $b{last} (component)))"
            );
        }
    }
    command(&fields)
}

/// What is never instantiated is validated all the same: each instance has types of its own.
fn never_made() -> String {
    let mut types = String::from(r#"(export "r" (type $r (sub resource)))"#);
    for n in 0..1000 {
        let _ = write!(
            types,
            r#"(type $l{n} (tuple (own $r) (list (own $r)))) (export "t{n}" (type (eq $l{n})))"#
        );
    }
    let instances = "(instance (instantiate $maker))".repeat(900);
    command(&format!(
        r#"(component
            (type $i (instance {types}))
            (import "maker" (component $maker (export "i" (instance (type $i)))))
            {instances})"#
    ))
}

/// Types `$t0` and up, each with the last one in it twice.
fn doubling(levels: usize) -> String {
    let mut types = "(type $t0 (tuple u8 string))".to_string();
    for level in 1..=levels {
        let last = level - 1;
        let _ = write!(types, "(type $t{level} (tuple $t{last} $t{last}))");
    }
    types
}

/// A type that comes to half a million fields, in many functions.
fn doubled_record() -> String {
    let mut fields = doubling(17);
    fields += r#"(core module $m (func (export "f") (param i32)) (memory (export "m") 1)
                    (func (export "r") (param i32 i32 i32 i32) (result i32) i32.const 0))
                 (core instance $m (instantiate $m))"#;
    for n in 0..100 {
        let _ = write!(
            fields,
            r#"(func $f{n} (param "x" $t17) (canon lift (core func $m "f") (memory (core memory $m "m")) (realloc (core func $m "r"))))"#
        );
    }
    command(&fields)
}

/// The same in imports, for who only reads what it is.
fn imported_twice() -> String {
    let mut functions = String::new();
    for n in 0..200 {
        let _ = write!(functions, r#"(export "f{n}" (func (param "x" $t10)))"#);
    }
    let types = doubling(10);
    let imports: String = ["a", "b", "c", "d"]
        .map(|name| format!(r#"(import "a:b/{name}" (instance {types} {functions}))"#))
        .concat();
    command(&imports)
}

/// Adapters between two components for a type that is large, many times over.
fn adapters() -> String {
    let types = doubling(12);
    let mut lower = String::new();
    for n in 0..100 {
        let _ = write!(
            lower,
            r#"(core func $l{n} (canon lower (func $f) (memory (core memory $m "m")) (realloc (core func $m "r"))))"#
        );
    }
    let module = r#"(core module $m (func (export "f") (param i32)) (memory (export "m") 1)
                       (func (export "r") (param i32 i32 i32 i32) (result i32) i32.const 0))
                    (core instance $m (instantiate $m))"#;
    command(&format!(
        r#"{types}
        (component $from
            (alias outer 1 $t12 (type $t))
            {module}
            (func (export "f") (param "x" $t) (canon lift (core func $m "f") (memory (core memory $m "m")) (realloc (core func $m "r")))))
        (component $to
            (alias outer 1 $t12 (type $t))
            (import "f" (func $f (param "x" $t)))
            {module}
            {lower})
        (instance $from (instantiate $from))
        (instance (instantiate $to (with "f" (func $from "f"))))"#
    ))
}

/// A name is copied with each use of the type that has it.
fn long_names() -> String {
    let name = "a".repeat(90_000);
    let mut fields =
        format!(r#"(type $r (record (field "{name}" u8))) (import "t" (type $t0 (eq $r)))"#);
    for level in 1..=12 {
        let last = level - 1;
        let _ = write!(fields, "(type $t{level} (tuple $t{last} $t{last}))");
    }
    fields += r#"(import "f" (func (param "x" $t12)))"#;
    command(&fields)
}

/// The type of a module, which is written out for each that is imported.
fn imported_modules() -> String {
    let mut exports = String::new();
    for n in 0..5000 {
        let _ = write!(exports, r#"(export "{n}" (func))"#);
    }
    let mut modules = String::new();
    for n in 0..190 {
        let _ = write!(modules, r#"(import "m{n}" (core module (type $m)))"#);
    }
    command(&format!("(core type $m (module {exports})) {modules}"))
}

/// Each makes an instance of the next, which was handed to it.
fn deep_instances() -> String {
    let mut fields = "(component $f0)".to_string();
    for level in 1..=300 {
        let last = level - 1;
        let _ = write!(
            fields,
            "(component $f{level} (alias outer 1 $f{last} (component $f)) \
             (instance (instantiate $f)))"
        );
    }
    command(&format!("{fields} (instance (instantiate $f300))"))
}

fn many_locals() -> String {
    let function = format!("(func (local {}))", "i64 ".repeat(40_000));
    let module = format!("(core module {})", function.repeat(600));
    command(&module)
}

fn gaps_in_memories() -> String {
    let mut fields = String::new();
    for _ in 0..60 {
        fields += r#"(core module (memory 257) (data (i32.const 0) "a")
            (data (i32.const 16777000) "b"))"#;
    }
    command(&fields)
}

fn gaps_in_tables() -> String {
    let table = |n: usize| {
        format!("(table $t{n} 1048576 funcref) (elem (table $t{n}) (i32.const 1048575) func $f)")
    };
    let tables: String = (0..90).map(table).collect();
    let module = format!("(core module (func $f) {tables})");
    command(&module.repeat(2))
}

// Of these there is no text that could be parsed in time, or without recursion.

/// What a component begins with.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

fn leb(mut n: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (n & 0x7f) as u8;
        n >>= 7;
        bytes.push(low | if n > 0 { 0x80 } else { 0 });
        if n == 0 {
            return bytes;
        }
    }
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id], leb(content.len()).as_slice(), content].concat()
}

/// Types of components with one type in each.
pub fn deep_types(levels: usize) -> Vec<u8> {
    let mut content = vec![1];
    for _ in 0..levels {
        content.extend([0x41, 1, 1]);
    }
    content.extend([0x41, 0]);
    [COMPONENT, &section(7, &content)].concat()
}

fn deep_components(levels: usize) -> Vec<u8> {
    let mut component = COMPONENT.to_vec();
    for _ in 0..levels {
        component = [COMPONENT, &section(4, &component)].concat();
    }
    component
}

/// What a core module begins with.
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// A component of one core module: functions of a type, each with a body that traps.
fn functions(parameters: usize, count: usize) -> Vec<u8> {
    let mut ty = vec![1, 0x60];
    ty.extend(leb(parameters));
    ty.extend(vec![0x7e; parameters]);
    ty.push(0);
    let mut declared = leb(count);
    declared.resize(declared.len() + count, 0);
    let mut bodies = leb(count);
    for _ in 0..count {
        bodies.extend([3, 0, 0, 0x0b]);
    }
    let sections = [section(1, &ty), section(3, &declared), section(10, &bodies)];
    let module = [MODULE, &sections.concat()].concat();
    [COMPONENT, &section(1, &module)].concat()
}

fn many_parameters() -> Vec<u8> {
    functions(1000, 100_000)
}

/// Within all that is counted, and a compiler is busy with it for a while.
pub fn laborious() -> Vec<u8> {
    functions(2, 400_000)
}

/// Of which the code is some MB.
pub fn large() -> Vec<u8> {
    functions(2, 60_000)
}

fn many_functions() -> Vec<u8> {
    let one = functions(0, 600_000);
    // Twice the same module: what is behind the component's own header.
    [&one[..], &one[COMPONENT.len()..]].concat()
}

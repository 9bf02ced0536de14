//! Every function that a component exports, without compiling its code.

use crate::error::Result;
use crate::export::{Callable, Exports, of_compiled};
use crate::outline::Outline;
use crate::shell::Shell;
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;
use worldhost::{Error, Runtime, Source, expect_component, validate};

/// Every function that a component exports, at its root or in an interface: without
/// compiling or linking it.
///
/// # Errors
///
/// In [`Error::Host`](crate::Error::Host): [`NotWasm`](Error::NotWasm),
/// [`CoreModule`](Error::CoreModule), [`Compiled`](Error::Compiled) or
/// [`Invalid`](Error::Invalid) when the source is no component, and
/// [`Read`](Error::Read).
pub fn callables<T: Send + 'static>(
    runtime: &Runtime<T>,
    source: &Source,
) -> Result<Vec<Callable>> {
    let (name, bytes) = (source.name(), source.bytes_within(runtime.load_limits())?);
    expect_component(name, bytes)?;
    let invalid = |message| Error::Invalid {
        name: name.to_string(),
        message,
    };
    let outline = Outline::read(bytes).map_err(invalid)?;
    if let Some(callables) = imitated(outline, runtime.engine()) {
        return Ok(callables);
    }
    // What cannot be imitated has to be compiled, if it can be.
    validate(name, bytes, runtime.proposals())?;
    Ok(of_compiled(&runtime.outline(name, bytes)?))
}

fn imitated(outline: Outline, engine: &Engine) -> Option<Vec<Callable>> {
    let Outline { types, items } = outline;
    let mut shell = Shell::new(types.as_ref());
    for (resource, _) in &items.resources {
        shell.resource(*resource);
    }
    for (_, function) in &items.functions {
        shell.function(*function).ok()?;
    }
    let shell = Component::from_binary(engine, &shell.finish()).ok()?;

    let mut exports = Exports::default();
    let mut places = items.functions.into_iter().map(|(place, _)| place);
    let mut names = items.resources.iter().map(|(_, name)| name);
    for (_, import) in shell.component_type().imports(engine) {
        match import.ty {
            ComponentItem::ComponentFunc(ty) => exports.function(places.next()?, ty),
            // Those that have no name come last.
            ComponentItem::Resource(ty) => {
                if let Some((interface, name)) = names.next() {
                    exports.resources.add(ty, interface.as_deref(), name);
                }
            }
            _ => {}
        }
    }
    Some(exports.callables())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPONENT: &str = r#"(component
        (import "acme:tools/log" (instance $log
            (export "line" (type $line (sub resource)))
            (export "[constructor]line" (func (result (own $line))))
            (export "[method]line.write"
                (func (param "self" (borrow $line)) (param "text" string)))))
        (type $point' (record (field "x" s8) (field "y" u64)))
        (import "point" (type $point (eq $point')))
        (type $shape' (variant (case "dot" $point) (case "none")))
        (import "shape" (type $shape (eq $shape')))
        (type $hue' (enum "red" "green"))
        (import "hue" (type $hue (eq $hue')))
        (type $marks' (flags "bold" "wide"))
        (import "marks" (type $marks (eq $marks')))
        (import "paint" (func $paint
            (param "p" (list (option $point))) (param "s" $shape) (param "h" $hue)
            (param "m" $marks)
            (result (result (tuple f32 char) (error string)))))
        (import "ticks" (func $ticks (result (stream bool))))
        (export "acme:tools/again" (instance $log))
        (export "paint" (func $paint))
        (export "ticks" (func $ticks))
    )"#;

    #[test]
    fn a_function_s_types_are_those_of_the_component() {
        let runtime: Runtime<()> = Runtime::new(|_| Ok(())).unwrap();
        let outline = Outline::read(&wat::parse_str(COMPONENT).unwrap()).unwrap();
        let callables = imitated(outline, runtime.engine()).unwrap();
        let described = callables.iter().map(|callable| {
            let types = callable.params().into_iter().map(|(_, ty)| ty);
            let types: Vec<String> = types.chain(callable.result()).collect();
            format!("{}: {}", callable.full_name(), types.join("; "))
        });
        assert_eq!(
            described.collect::<Vec<_>>(),
            [
                "paint: list<option<record { x: s8, y: u64 }>>; \
                 variant { dot(record { x: s8, y: u64 }), none }; enum { red, green }; \
                 flags { bold, wide }; result<tuple<f32, char>, string>",
                "ticks: stream<bool>",
                "acme:tools/again#line.new: line",
                "acme:tools/again#line.write: borrow<line>; string",
            ]
        );
    }

    #[test]
    fn what_is_no_component_is_told_what_it_is() {
        let runtime: Runtime<()> = Runtime::new(|_| Ok(())).unwrap();
        let package = "(component (type (component)) (export \"w\" (type 0)))";
        let package = wat::parse_str(package).unwrap();
        let cut = &package[..package.len() - 1];
        for (bytes, words) in [
            (&b"text"[..], "x.wasm is not WebAssembly: it is plain text"),
            (
                &package,
                "x.wasm is a WIT package in binary form, with no code to run",
            ),
            (cut, "x.wasm is not a valid component: unexpected end"),
        ] {
            let source = Source::from_bytes("x.wasm", bytes);
            let error = callables(&runtime, &source).err().unwrap().to_string();
            assert!(error.starts_with(words), "{error}");
        }
    }
}

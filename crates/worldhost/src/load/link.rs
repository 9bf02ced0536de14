//! Why a component could not be linked, in full: the linker itself names only
//! the first import that it does not have.

use crate::engine::engines::Engines;
use crate::error::Error;
use crate::{version, wording};
use wasm_encoder::{
    Component, ComponentImportSection, ComponentTypeRef, ComponentTypeSection, PrimitiveValType,
};
use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{self, Linker};

/// The error for a component that `instantiate_pre` refused.
pub(crate) fn explain<T: Send + 'static>(
    engines: &Engines<T>,
    name: &str,
    compiled: &component::Component,
    error: &wasmtime::Error,
) -> Error {
    let engine = compiled.engine();
    let missing: Vec<String> = compiled
        .component_type()
        .imports(engine)
        .filter(|(_, item)| needs_implementation(&item.ty, engine))
        .filter(|(import, _)| !has_instance(engines.full().linker(), import))
        .map(|(import, _)| import.to_string())
        .collect();
    let message = if missing.is_empty() {
        format!("{error:#}")
    } else {
        let named: Vec<String> = missing.iter().map(|import| in_words(import)).collect();
        format!("nothing provides {}", named.join(", "))
    };
    Error::Link {
        name: name.to_string(),
        missing,
        message,
    }
}

/// An instance of types alone asks nothing of the linker.
fn needs_implementation(item: &ComponentItem, engine: &Engine) -> bool {
    let ComponentItem::ComponentInstance(instance) = item else {
        return false;
    };
    instance.exports(engine).any(|(_, item)| {
        matches!(
            item.ty,
            ComponentItem::ComponentFunc(_) | ComponentItem::Resource(_)
        )
    })
}

/// Asks the linker by its own rules, semver included: a component that imports a
/// function under an instance's name is refused with the reason why.
pub(crate) fn has_instance<T>(linker: &Linker<T>, import: &str) -> bool {
    let mut types = ComponentTypeSection::new();
    types
        .function()
        .params::<_, PrimitiveValType>([])
        .result(None);
    let mut imports = ComponentImportSection::new();
    imports.import(import, ComponentTypeRef::Func(0));
    let mut probe = Component::new();
    probe.section(&types).section(&imports);
    component::Component::from_binary(linker.engine(), &probe.finish())
        .and_then(|probe| linker.instantiate_pre(&probe).map(drop))
        .is_err_and(|error| wording::found_instance(&error))
}

/// An import of WASI is there in another version, or not at all.
fn in_words(import: &str) -> String {
    if let Some(feature) = version::unstable(import) {
        return format!("{import} (it is unstable in WASI, behind {feature}, and not provided)");
    }
    match import.starts_with("wasi:") && import.contains('@') && !version::is_linked(import) {
        true => format!(
            "{import} (this host has WASI {} and {})",
            version::WASI_P2,
            version::WASI_P3
        ),
        false => import.to_string(),
    }
}

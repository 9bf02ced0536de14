//! `worldhost wit`.

// `text` reads `src/bindings.rs` with the `bindgen!` below.
extern crate self as wasmtime;
extern crate wasmtime as real;

mod apply;
mod diff;
mod findings;
mod fleet;
mod found;
mod lint;
mod lsp;
#[path = "../support/oci.rs"]
mod oci;
#[path = "../project/mod.rs"]
mod project;
mod proved;
#[path = "../random/mod.rs"]
mod random;
#[path = "../schema/mod.rs"]
mod schema;
#[path = "../support/mod.rs"]
mod support;
mod text;
mod times;
mod vendors;
mod verdict;
mod verify;
mod versions;
mod watch;
#[cfg(unix)]
mod wkg;
mod worlds;

/// In the place of Wasmtime's: its `bindgen!` gives the text of what the macro makes.
pub mod component {
    macro_rules! bindgen {
        ({ $($option:tt)* }) => {
            pub const MADE: &str = real::component::bindgen!({ stringify: true, $($option)* });
        };
    }
    pub(crate) use bindgen;
}

//! The Rust side of `wit/`, generated anew whenever a file there changes.
//!
//! WASI is aliased to the bindings that `wasmtime-wasi` already implements, so
//! the only traits to implement are those of this project's own interfaces.

wasmtime::component::bindgen!({
    path: "wit",
    world: "plugin",
    imports: { default: async },
    exports: { default: async },
    with: { "wasi": wasmtime_wasi::p2::bindings },
});

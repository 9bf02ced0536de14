//! The Rust side of `wit/`, generated anew whenever a file there changes.
//!
//! WASI is aliased to the bindings that `wasmtime-wasi` already implements, so
//! the only traits to implement are those of this project's own interfaces.
//! Their methods are `trappable`: with `?` an error there ends the guest, not the host.

wasmtime::component::bindgen!({
    path: "wit",
    world: "plugin",
    imports: { default: async | trappable },
    exports: { default: async },
    with: { "wasi": wasmtime_wasi::p2::bindings },
});

//! The versions that this build speaks.

/// The version of Wasmtime in this build.
pub const WASMTIME: &str = env!("WORLDHOST_WASMTIME");

/// The WASI 0.2 release that the linked interfaces are of. A component built
/// against any other 0.2 release links as long as it uses nothing newer.
pub const WASI_P2: &str = "0.2.12";

/// The WASI 0.3 release that the linked interfaces are of.
pub const WASI_P3: &str = "0.3.0";

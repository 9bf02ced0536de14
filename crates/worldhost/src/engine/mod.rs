//! Wasmtime's engines: how they are set up, and each with its linker.

pub(crate) mod apart;
pub(crate) mod compiler;
pub(crate) mod config;
pub(crate) mod engines;
pub(crate) mod kind;
pub(crate) mod linked;
pub(crate) mod places;
pub(crate) mod pool;
pub(crate) mod proposals;
pub(crate) mod settings;

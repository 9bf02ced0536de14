//! What is made, and what it stands on.

use super::wasi::Wasi;
use std::path::PathBuf;

/// What a project stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flavour {
    /// The crate `worldhost`.
    Worldhost(Engine),
    /// Wasmtime and its WASI alone.
    Plain,
}

/// Where the crate `worldhost` is from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Engine {
    /// The registry, at this version.
    Version(String),
    /// A directory.
    Path(PathBuf),
}

/// All that the files are written from.
pub(super) struct Plan<'a> {
    pub(super) name: String,
    pub(super) flavour: &'a Flavour,
    /// As `bindgen!` is told.
    pub(super) world_name: String,
    pub(super) wasi: Wasi,
    pub(super) wasmtime: &'a str,
    /// Whether it has `async` functions or streams.
    pub(super) is_async: bool,
}

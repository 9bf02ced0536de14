//! Who compiles: this process, or one of its own.

use super::apart::{self, Order};
use super::image;
use crate::engine::config::Config;
use crate::engine::kind::Kind;
use crate::error::Result;
use wasmtime::Engine;

/// What is compiled for: the settings, and an engine that has them.
pub(super) struct For<'a> {
    pub(super) config: &'a Config,
    pub(super) kind: Kind,
    pub(super) engine: &'a Engine,
    /// A triple; none for this machine.
    pub(super) target: Option<&'a str>,
}

/// The machine code of a component, as an ELF image.
pub(super) fn make(what: &For<'_>, name: &str, component: &[u8]) -> Result<Vec<u8>> {
    let Some(apart) = &what.config.apart else {
        return image::compile(what.engine, what.kind.compiler, name, component);
    };
    let order = Order {
        config: what.config.clone(),
        kind: what.kind,
        target: what.target.map(String::from),
    };
    apart::compile(apart, &order, name, component)
}

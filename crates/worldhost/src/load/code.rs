//! Who compiles: this process, or one of its own.

use super::apart::{self, Order};
use super::image;
use crate::engine::config::Config;
use crate::engine::kind::Kind;
use crate::error::{Error, Result};
use wasmtime::Engine;
use wasmtime::component::Component as Compiled;

/// What is compiled for: the settings, and an engine that has them.
pub(crate) struct For<'a> {
    pub(crate) config: &'a Config,
    pub(crate) kind: Kind,
    pub(crate) engine: &'a Engine,
    /// A triple; none for this machine.
    pub(crate) target: Option<&'a str>,
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

/// A component that is to be looked at and not run, for no cache.
pub(crate) fn compiled(what: &For<'_>, name: &str, component: &[u8]) -> Result<Compiled> {
    let image = make(what, name, component)?;
    image::take(what.engine, &image).map_err(Error::host)
}

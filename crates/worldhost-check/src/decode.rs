//! The WIT that is in a component.

use crate::error::{Error, Result};
use wit_parser::{Resolve, WorldId};
use worldhost::expect_component;

pub(crate) fn decode(name: &str, bytes: &[u8]) -> Result<(Resolve, WorldId)> {
    // Its words for what is no component are those of all who load one.
    expect_component(name, bytes)?;
    worldhost_wit::decode(name, bytes).map_err(|error| match error {
        worldhost_wit::Error::Invalid { name, message } => invalid(name, message),
        other => Error::World(other),
    })
}

pub(crate) fn invalid(name: impl Into<String>, message: String) -> Error {
    Error::Component(worldhost::Error::Invalid {
        name: name.into(),
        message,
    })
}

//! A host for WebAssembly components that declare a full WASI world plus imports
//! and exports of their own.

#![deny(missing_docs)]

#[allow(
    missing_docs,
    reason = "generated from wit/, where the documentation is"
)]
pub mod bindings;
mod command;
mod component;
mod error;
pub mod imports;
mod limits;
mod link;
mod network;
mod runtime;
mod sandbox;
mod state;
mod stdio;
mod store;
pub mod version;

pub use component::Component;
pub use error::{Error, Result, Trap};
pub use limits::{LimitHit, Limits};
pub use network::{NetGrant, Network};
pub use runtime::{Config, Runtime};
pub use sandbox::{Access, Sandbox};
pub use state::State;
pub use stdio::{Capture, Input, Output};
pub use store::Store;

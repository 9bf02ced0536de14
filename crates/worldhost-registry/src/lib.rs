//! Takes components from registries, and puts them there.
//!
//! - [`Address`]: what names a component in a registry;
//! - [`Registries`]: asks them, takes from them and gives to them;
//! - [`Store`]: where what was taken is kept, by its digest;
//! - [`Lock`]: which digest each source is to have, as a file.
//!
//! The protocol is OCI's, spoken by `oci-client`, and artifacts are as `wkg` has them. Which
//! registry has `ns:name` is for `wkg`'s configuration to say. What comes of the network is
//! bounded in size and time, and is the component that was asked for by its digest or is
//! refused. Nothing is set up before a registry is asked.

#![deny(missing_docs)]

mod address;
mod artifact;
mod error;
mod lock;
mod oci;
mod place;
mod reach;
mod registries;
mod store;
mod wkg;

pub use address::Address;
pub use error::{Error, Result};
pub use lock::Lock;
pub use registries::{Pulled, Registries};
pub use store::Store;

//! What a component is granted and held to, as people write it: the names of all grants and
//! limits, their values as text, files of them in TOML, and what is in force when several
//! places say something.
//!
//! The command's options and policies are made of it, and the manifests of plugins. It knows
//! no command line: an option is to it an [`Origin`] with a name.

#![deny(missing_docs)]

pub mod amount;
mod document;
mod error;
mod grant;
mod in_force;
mod origin;
mod policy;
mod tables;
mod unstable;

pub use document::{Document, Value, in_order};
pub use error::{Error, Result};
pub use grant::{Grant, Granted};
pub use in_force::{InForce, Revoked};
pub use origin::Origin;
pub use policy::Policy;
pub use tables::{AllLimits, AnyLimit};
pub use unstable::{Item, switch};

//! Reads WIT: names, worlds, one comparer of types, what changed and whether old
//! components still fit.
//!
//! # Example
//!
//! Whether a component that was built for the last release still fits the world of today.
//!
//! ```no_run
//! use std::path::Path;
//! use worldhost_wit::{Dated, Diff, Wit, worlds};
//!
//! fn main() -> worldhost_wit::Result<()> {
//!     let old = Wit::from_path(Path::new("plugin.wasm"))?;
//!     let new = Wit::from_path(Path::new("wit"))?;
//!     let (old_world, new_world) = worlds(&old, &new, Some("plugin"))?;
//!     let diff = Diff::between(
//!         Dated { wit: &old, world: old_world },
//!         Dated { wit: &new, world: new_world },
//!     );
//!     assert!(diff.verdict.loads, "{diff}");
//!     Ok(())
//! }
//! ```
//!
//! # What is where
//!
//! - [`Wit`] is text with its packages: of a [`Source`] now or at a git revision, or what
//!   is in a component. [`decode`] reads a component's bytes, and [`decode_package`] those
//!   of a package.
//! - [`Offer`] is all the WIT of a host, WASI's with it, and [`World`] one world of it,
//!   or of a directory, to hold a component against.
//! - [`Compare`] tells whether two functions or types are the same, and [`signature`]
//!   and [`reached`] what is in one. [`InterfaceName`] and [`ItemName`] are their names.
//! - [`Diff`] is what changed between two worlds, and [`Verdict`] what that means: read
//!   from the text, and proved where a [`Linker`] is at hand.
//! - [`Finding`] is one thing that was found, by a [`Rule`] that keeps its name;
//!   [`Accepted`] is what of that somebody accepts, and why.

#![deny(missing_docs)]

mod accept;
mod compare;
mod decode;
mod diff;
mod error;
mod files;
mod finding;
mod names;
mod nearest;
mod offer;
mod parse;
pub mod paths;
mod reader;
mod rule;
mod screen;
mod side;
mod signature;
mod source;
mod sources;
mod types;
mod wasi;
mod world;
mod worlds;

pub use accept::{Accepted, Ignored};
pub use compare::Compare;
pub use decode::{decode, decode_package};
pub use diff::{
    Asked, Change, ChangeKind, Dated, Diff, Effect, Linker, Pairs, Verdict, VersionAdvice,
};
pub use error::{Error, Result};
pub use files::Edited;
pub use finding::{Finding, Level, NoPlace, Place};
pub use names::{InterfaceName, ItemKind, ItemName, closest};
pub use nearest::nearest;
pub use offer::Offer;
pub use rule::{Rule, UnknownRule};
pub use side::Side;
pub use signature::signature;
pub use source::{At, Inline, Source, Wit, file_at};
pub use types::reached;
pub use wasi::{WASI_P2, WASI_P3, wasi_text};
pub use wit_parser::{Resolve, WorldId};
pub use world::World;
pub use worlds::worlds;

//! What `bindgen!` makes of a WIT world, the project around it, what is to do after a
//! change, and `wkg.lock`.
//!
//! It is for those who write a host, before the compiler runs; a host that runs has no
//! use for it. All that is held at an exact version is here.
//!
//! # Example
//!
//! What a changed `wit/` leaves to do since the last commit.
//!
//! ```no_run
//! use std::path::Path;
//! use worldhost_dev::{Options, Review};
//! use worldhost_wit::{Dated, Wit, worlds};
//!
//! fn main() -> worldhost_dev::Result<()> {
//!     let dir = Path::new("wit");
//!     let options = Options::find(dir, None)?;
//!     let old = Wit::from_git("HEAD", dir)?;
//!     let new = Wit::from_path(dir)?;
//!     let (old_world, new_world) = worlds(&old, &new, options.world.as_deref())?;
//!     let review = Review::between(
//!         Dated { wit: &old, world: old_world },
//!         Dated { wit: &new, world: new_world },
//!         &options,
//!     )?;
//!     print!("{review}");
//!     Ok(())
//! }
//! ```
//!
//! # What is where
//!
//! - [`Options`] are those of a project's `bindgen!`; [`bindings::generate`] is what it
//!   writes, and [`Api`] what of that a host is written against.
//! - [`Review`] is what changed and, as a [`Todo`], what is left to do.
//! - [`verify`] holds `wit/deps` against `wkg.lock`, and [`release`] keeps a world as it
//!   was released.

#![deny(missing_docs)]

mod api;
pub mod bindings;
mod error;
mod lock;
mod options;
mod published;
pub mod release;
mod review;
mod rust;
mod todo;
pub mod verify;

pub use api::Api;
pub use error::{Error, Result};
pub use options::{Options, Place};
pub use review::Review;
pub use todo::{CallWork, FileAction, FileWork, Line, Signature, Todo, TypeWork};

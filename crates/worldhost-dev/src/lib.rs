//! What `bindgen!` makes of a WIT world, the project around it, what is to do after a
//! change, and `wkg.lock`.
//!
//! It is for those who write a host, before the compiler runs; a host that runs has no
//! use for it. All that is held at an exact version is here.
//!
//! # Example
//!
//! What a changed `wit/` leaves to do since the last commit, for every `bindgen!` of the
//! project around.
//!
//! ```no_run
//! use worldhost_dev::{Review, Wanted, subjects};
//! use worldhost_wit::{Dated, Diff, worlds};
//!
//! fn main() -> worldhost_dev::Result<()> {
//!     for subject in subjects(Wanted::default())?.all {
//!         let (old, new) = (subject.at("HEAD")?, subject.now()?);
//!         let (old_world, new_world) = worlds(&old, &new, subject.world.as_deref())?;
//!         let old = Dated { wit: &old, world: old_world };
//!         let new = Dated { wit: &new, world: new_world };
//!         let diff = Diff::between(old, new);
//!         let review = Review::of(diff, old, new, subject.bindgen.as_ref())?;
//!         print!("{review}");
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # What is where
//!
//! - [`Project`] is the packages of a Cargo workspace, and [`Bindgen`] one `bindgen!` of
//!   theirs; [`subjects`] finds those that a command speaks of.
//! - [`bindings::generate`] is what it writes with its [`Options`], and [`Api`] what of
//!   that a host is written against.
//! - [`Review`] is what changed and, as a [`Todo`], what is left to do.
//! - [`lint()`] finds what breaks later.
//! - [`Start`] makes a project of a world.
//! - [`symbols()`] is what each name of the WIT is in Rust, and where it is implemented.
//! - [`Watch`] waits for a save.
//! - [`mod@verify`] holds `wit/deps` against its lock, and [`release`] keeps a world as it
//!   was released.

#![deny(missing_docs)]

mod api;
mod bindgens;
pub mod bindings;
mod change;
mod error;
mod keywords;
mod krate;
mod lint;
mod project;
pub mod release;
mod review;
mod rust;
mod start;
mod subject;
mod symbols;
mod todo;
pub mod verify;
mod watch;

pub use api::Api;
pub use bindgens::{Bindgen, Found, Options, Place, Unread, find};
pub use change::{FileChange, FileKind, Recovered, Transaction, Undo};
pub use error::{Error, Result};
pub use lint::lint;
pub use project::Project;
pub use review::Review;
pub use start::{Engine, Flavour, Language, Origin, Start, Started, answering};
pub use subject::{Subject, Subjects, Wanted, subjects};
pub use symbols::{RustPlace, Symbol, symbols};
pub use todo::{CallWork, FileAction, FileWork, Line, Signature, Todo, TypeWork};
pub use watch::{Watch, places};

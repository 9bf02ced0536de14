//! A changed `wit/` directory, answered without compiling the host: the bindings
//! that it gives, what changed since another time and what that means, and
//! whether the vendored packages are the published ones.

mod api;
pub mod bindings;
mod diff;
mod effect;
mod error;
mod git;
mod lock;
mod options;
mod published;
pub mod release;
mod shape;
mod source;
mod surface;
mod todo;
mod verdict;
pub mod verify;

pub use api::Api;
pub use diff::{Change, ChangeKind, Dated, Diff, Effect};
pub use error::{Error, Result};
pub use options::{Options, Place};
pub use source::{Wit, worlds};
pub use surface::Side;
pub use todo::{CallWork, FileAction, FileWork, Line, Signature, Todo, TypeWork};
pub use verdict::{Verdict, VersionAdvice};
pub use wit_parser::WorldId;

//! A host project, made from a world.

mod call;
mod expression;
mod fetched;
mod guests;
mod lock;
mod made;
mod manifest;
mod origin;
mod package;
mod plan;
mod program;
mod readme;
mod vendor;
mod wasi;
mod zeros;

pub use guests::Language;
pub use made::{Start, Started};
pub use origin::Origin;
pub use plan::{Engine, Flavour};
pub use zeros::answering;

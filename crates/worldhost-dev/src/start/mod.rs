//! A host project, made from a world.

mod call;
mod expression;
mod guest;
mod lock;
mod made;
mod manifest;
mod plan;
mod program;
mod readme;
mod vendor;
mod wasi;

pub use made::{Start, Started};
pub use plan::{Engine, Flavour};

//! A host project, made from a world.

mod call;
mod expression;
mod guest;
mod lock;
mod made;
mod manifest;
mod program;
mod readme;
mod vendor;
mod wasi;

pub use made::{Engine, Flavour, Start, Started};

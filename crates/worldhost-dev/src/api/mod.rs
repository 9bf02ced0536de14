//! The part of the generated bindings that a host is written against: traits and
//! their methods, the functions that call exports, and types. No bodies, no
//! documentation, and nothing that every world has alike.

mod items;
mod strip;

pub use items::Api;
pub(crate) use items::{Call, Definition, Method, Trait, in_one_line};

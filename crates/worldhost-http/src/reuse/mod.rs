//! Instances that are used again, for who asks for that.

mod crew;
mod stack;

pub(crate) use crew::Crew;
pub(crate) use stack::{Stack, Used};

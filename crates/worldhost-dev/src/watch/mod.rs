//! Files that are watched, for when somebody saves one.

mod head;
mod places;
mod stamps;
mod waking;

pub use places::places;
pub use waking::Watch;

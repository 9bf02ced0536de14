//! What changed between two worlds, item by item, and what that means for components
//! that were built before.

mod change;
mod effect;
mod items;
mod pairs;
mod render;
mod surface;
mod verdict;
mod whole;

pub use change::{Change, ChangeKind, Dated, Effect};
pub use pairs::Pairs;
pub use verdict::{Verdict, VersionAdvice};
pub use whole::Diff;

//! What changed between two worlds, item by item, and what that means for components
//! that were built before.

mod about;
mod asked;
mod change;
mod changelog;
mod effect;
mod findings;
mod items;
mod pairs;
mod proof;
mod render;
mod surface;
mod tooling;
mod verdict;
mod versions;
mod whole;

pub use asked::Asked;
pub use change::{Change, ChangeKind, Dated, Effect};
pub use pairs::Pairs;
pub use proof::Linker;
pub use verdict::Verdict;
pub use versions::VersionAdvice;
pub use whole::Diff;

//! What a user sees: results, errors with what to do about them, and how far it is.

mod advice;
mod causes;
pub mod explained;
pub mod failure;
pub mod json;
pub mod notes;
pub mod overtime;
pub mod panics;
pub mod printing;
pub mod progress;
pub mod said;
pub mod style;

pub use advice::{later_advice, on_lacks, remedy};
pub use causes::Usage;

//! Whether `wit/deps` is what the lock says, and what this host links.

mod again;
mod checks;
mod report;
mod tree;

pub use again::{Published, published};
pub use checks::verify;
pub use report::{Fault, Report, Verified};
pub use tree::Tree;

//! Findings, as people, scripts, reviews and test reports take them.

mod document;
mod github;
mod junit;
mod told;

pub use document::{Document, LeftOut, Subject};
pub use told::Told;

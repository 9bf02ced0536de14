//! What breaks later: WIT that is right today, and hard to change tomorrow.
//!
//! Only the packages that were asked for are looked at; what they depend on is others'.

mod findings;
mod names;
mod package;
mod usage;
mod versions;

pub use findings::lint;

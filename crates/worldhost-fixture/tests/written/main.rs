//! Hosts that worldhost writes, and keeps up with their WIT: they compile.

mod guests;
mod host;
mod made;
mod new;
mod pasted;
#[path = "../project/mod.rs"]
mod project;
#[path = "../random/mod.rs"]
mod random;
mod rustc;
mod series;

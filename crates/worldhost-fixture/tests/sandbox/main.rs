//! What a component may touch, and what it says of itself.

#[cfg(unix)]
mod cache;
#[cfg(unix)]
mod exposed;
mod grants;
mod lookup;
mod names;
mod policy;
#[path = "../support/mod.rs"]
mod support;
mod unstable;

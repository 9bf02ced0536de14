//! Plugins of the example's world, through all that can happen to them.

#[path = "../../src/main.rs"]
#[allow(dead_code, reason = "it has a main of its own")]
mod filters;

mod limits;
mod manifests;
mod place;
mod versions;
mod watched;

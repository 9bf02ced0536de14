//! What a component may touch, and how much it may use.

mod addresses;
pub(crate) mod dirs;
pub(crate) mod grant;
pub(crate) mod hatches;
pub(crate) mod limit;
pub(crate) mod limits;
pub(crate) mod load_limits;
mod names;
pub(crate) mod network;
pub(crate) mod place;
pub(crate) mod reach;
pub(crate) mod resolver;
pub(crate) mod room;
pub(crate) mod sandbox;
pub(crate) mod stdio;

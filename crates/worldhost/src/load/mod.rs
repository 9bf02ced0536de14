//! From a file or bytes to a component that is compiled and linked.

pub(crate) mod adapter;
pub(crate) mod apart;
mod bounded;
pub(crate) mod code;
pub(crate) mod compile;
pub(crate) mod component;
mod content;
pub(crate) mod expect;
pub(crate) mod identity;
mod image;
mod key;
pub(crate) mod link;
pub(crate) mod loader;
pub(crate) mod measure;
pub(crate) mod pin;
pub(crate) mod refusal;
pub(crate) mod regular;
pub(crate) mod source;
pub(crate) mod strip;
pub(crate) mod watch;

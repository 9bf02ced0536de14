//! Streams and futures: what is still under way.

mod abi;
pub(crate) mod adapter;
pub(crate) mod flows;
pub(crate) mod supply;
pub(crate) mod text;
mod types;

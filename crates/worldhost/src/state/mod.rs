//! What is in a store.

mod context;
pub(crate) mod data;
#[cfg(feature = "http")]
pub(crate) mod http_gate;
pub(crate) mod limiter;
pub(crate) mod lookup;
#[cfg(feature = "p3")]
pub(crate) mod lookup_p3;
pub(crate) mod sink;

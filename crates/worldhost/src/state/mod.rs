//! What is in a store.

mod audit;
pub(crate) mod budget;
mod context;
pub(crate) mod data;
pub(crate) mod files;
#[cfg(feature = "p3")]
pub(crate) mod files_p3;
#[cfg(feature = "http")]
pub(crate) mod http_gate;
pub(crate) mod limiter;
mod line;
#[cfg(unix)]
mod listing;
pub(crate) mod lookup;
#[cfg(feature = "p3")]
pub(crate) mod lookup_p3;
pub(crate) mod meter;
pub(crate) mod priced;
pub(crate) mod printed;
pub(crate) mod random;
pub(crate) mod sink;
pub(crate) mod writes;
#[cfg(feature = "p3")]
pub(crate) mod writes_p3;

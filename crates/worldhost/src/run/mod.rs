//! Running guests.

mod command;
pub(crate) mod counters;
mod ending;
pub(crate) mod guest;
pub(crate) mod instances;
pub(crate) mod live;
#[cfg(feature = "p3")]
pub(crate) mod shared;
pub(crate) mod store;
#[cfg(feature = "p3")]
pub(crate) mod stream;
mod turn;

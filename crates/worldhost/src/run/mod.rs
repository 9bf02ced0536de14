//! Running guests.

mod command;
pub(crate) mod counters;
mod ending;
pub(crate) mod guest;
pub(crate) mod instances;
pub(crate) mod live;
pub(crate) mod store;
mod turn;

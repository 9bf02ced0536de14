//! Where connections come from.

mod address;
mod inherited;
mod listener;

pub use address::Address;
pub use listener::Listener;
pub(crate) use listener::{Accepted, Acceptor};

//! Where connections come from.

mod address;
mod inherited;
mod listener;

pub use address::Address;
pub(crate) use listener::{Accepted, Acceptor};
pub use listener::{Listener, SocketFile};

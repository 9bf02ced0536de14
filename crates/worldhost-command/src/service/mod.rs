//! A command that goes on until it is told to end: its component, loaded and loaded again, what
//! it is told meanwhile, and what it tells of itself.

mod attention;
mod loader;
mod options;
mod signals;

pub use attention::Attention;
pub use loader::{Better, Loaded, Loader};
pub use options::Service;

/// The exit code when not all was done in the time that there was.
pub const LATE: i32 = 124;

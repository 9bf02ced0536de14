//! What a command that goes on is told while it does: by signals, and by its component's file;
//! and what it tells of itself.

pub mod pages;
mod signals;
mod watch;

pub use pages::Pages;
pub use signals::{Signals, Told};
pub use watch::Watch;

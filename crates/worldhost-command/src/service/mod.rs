//! What a command that goes on is told while it does: by signals, and by its component's file.

mod signals;
mod watch;

pub use signals::{Signals, Told};
pub use watch::Watch;

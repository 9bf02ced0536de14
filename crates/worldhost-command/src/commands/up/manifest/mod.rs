//! What runs on this machine, as a file says it: TOML, whose keys are the names of the options.

mod entry;
mod keys;
mod kind;
mod read;
mod schema;

pub use entry::Entry;
pub use kind::{Checked, Kind};
pub use read::read;
pub use schema::schema;

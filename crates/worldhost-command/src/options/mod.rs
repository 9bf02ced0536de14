//! What several subcommands take.

pub mod background;
pub mod cache;
pub mod code;
pub mod deferred;
pub mod grants;
pub mod guest;
pub mod output;
pub mod proposals;
pub mod source;

//! What several subcommands take.

pub mod apart;
pub mod background;
pub mod cache;
pub mod code;
pub mod deferred;
pub mod grants;
pub mod guest;
pub mod limits;
pub mod loading;
pub mod output;
pub mod proposals;
pub mod schema;
pub mod shown;
pub mod source;
pub mod unstable;

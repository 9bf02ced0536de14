//! One file for each subcommand, thin over the libraries.

pub mod cache;
pub mod call;
pub mod check;
pub mod compile;
pub mod completions;
pub mod componentize;
pub mod inspect;
pub mod new;
pub mod policy;
pub mod process;
pub mod pull;
pub mod push;
pub mod run;
pub mod serve;
#[cfg(unix)]
pub mod up;
pub mod wit;
pub mod work;

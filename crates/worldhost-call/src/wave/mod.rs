//! Values as WAVE text, with `$1` for handles, of which WAVE knows nothing.

pub(crate) mod bad;
mod literal;
pub(crate) mod number;
mod parse;
pub(crate) mod read;
mod scan;
pub(crate) mod write;

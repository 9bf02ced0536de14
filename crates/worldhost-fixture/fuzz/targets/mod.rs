//! What is done with bytes that nobody vouches for. Nothing may panic, hang or grow without
//! bound, and where two parts answer one question, they answer the same.

pub mod cached;
pub mod calls;
mod choices;
pub mod component;
pub mod grants;
mod place;
pub mod policy;
pub mod vendored;
pub mod wit;
pub mod worlds;

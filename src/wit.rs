//! What `build.rs` reads of `wit/` and of `src/bindings.rs`: the world's name, which
//! stands in `bindgen!` and nowhere else, and the text of `wit/`.
//!
//! - `WORLD` is the name, and `World` and `WorldPre` are the types that `bindgen!`
//!   names after it.
//! - `FILES` are the paths of all files of `wit/` from the project's root, and their
//!   texts.

include!(concat!(env!("OUT_DIR"), "/wit.rs"));

//! What is known of a component: whether it fits, what it is made of, what makes and refuses it.

mod agreement;
mod check;
mod compile;
mod core_modules;
mod features;
mod fuzzed;
mod inspect;
#[path = "../random/mod.rs"]
mod random;
mod shown;
mod suite;
#[path = "../support/mod.rs"]
mod support;
mod toolchains;
mod versions;
mod wasi_versions;

//! Verdicts about worlds, proved by the linker.

mod imports;
mod prover;

pub use prover::Prover;

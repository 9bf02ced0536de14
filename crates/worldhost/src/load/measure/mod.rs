//! How much a component comes to, counted before anything is made of it.
//!
//! Wasmtime, the validator and the readers of WIT do work for each item of a component; for
//! each instance as often as it is made, since one is put into the other like a function
//! that is inlined; and for each use of a type as often as its parts are in it. A few
//! hundred bytes can come to any number of these, and none of them has a bound for it. So
//! it is counted here first: [`walk`] reads what the component says, and [`expand`] does
//! with it what they do, with numbers for results and a limit.
//!
//! What is no valid component is counted as far as it can be read. Who reads it next says
//! what is wrong with it, and gets no further.

mod budget;
mod expand;
mod module;
mod plan;
mod types;
mod walk;

use crate::error::{Error, Result};
use crate::policy::load_limits::LoadLimits;
use budget::Budget;

/// That a component, or a core module, is within the limits that can be counted. `name` is
/// what errors call it.
///
/// It takes a time that is linear in the bytes, or in the limits where these are lower, and
/// no more memory than some hundred bytes for each of [`LoadLimits::items`]. Whether the
/// bytes are valid is not looked into.
///
/// # Errors
///
/// [`Error::Exceeds`].
pub fn measure(name: &str, component: &[u8], limits: &LoadLimits) -> Result<()> {
    let mut budget = Budget::new(limits);
    let counted = budget
        .size(component.len() as u64)
        .and_then(|()| walk::walk(component, &mut budget))
        .and_then(|plan| expand::expand(&plan, &mut budget));
    counted.map_err(|limit| Error::Exceeds {
        name: name.to_string(),
        limit,
    })
}

#[cfg(test)]
mod tests;

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
use wasmparser::BinaryReader;

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
    counted(component, limits).map_err(|limit| Error::Exceeds {
        name: name.to_string(),
        limit,
    })
}

fn counted(component: &[u8], limits: &LoadLimits) -> budget::Result<()> {
    let mut budget = Budget::new(limits);
    budget.size(component.len() as u64)?;
    let plan = walk::walk(component, &mut budget)?;
    expand::expand(&plan, &mut budget)?;
    for world in plan.worlds {
        let plan = walk::walk(without_head(world), &mut budget)?;
        expand::expand(&plan, &mut budget)?;
    }
    Ok(())
}

/// What an older format has before the component: its number, an encoding, and a name.
fn without_head(world: &[u8]) -> &[u8] {
    let skip = || {
        let mut head = BinaryReader::new(world.strip_prefix(&[3])?, 0);
        head.read_u8().ok()?;
        head.read_string().ok()?;
        world.get(1 + head.original_position()..)
    };
    skip().unwrap_or(world)
}

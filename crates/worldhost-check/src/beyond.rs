//! Imports that WIT has no words for.

use crate::hidden::imported;
use crate::report::{Misfit, Problem, Remedy};
use worldhost_wit::Side;

/// Imports that WIT has no words for, and what they are: core modules, components and
/// values.
pub(crate) fn beyond_wit(bytes: &[u8]) -> impl Iterator<Item = (String, &'static str)> {
    let beyond = ["a core module", "a component", "a value"];
    let imports = imported(bytes).into_iter();
    imports.filter(move |(_, kind)| beyond.contains(kind))
}

/// Each as what no linker of components has.
pub(crate) fn missing(bytes: &[u8]) -> impl Iterator<Item = Misfit> {
    beyond_wit(bytes).map(|(name, _)| {
        let mut misfit = Misfit::new(Side::Import, Problem::Missing, Remedy::NOT_OFFERED);
        misfit.item = Some(name);
        misfit
    })
}

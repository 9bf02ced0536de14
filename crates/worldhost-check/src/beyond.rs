//! Imports that WIT has no words for.

use crate::hidden::imported;
use crate::report::{Misfit, Problem, Remedy};
use worldhost_wit::Side;

/// Imports that WIT has no words for, and hardly a linker of components has: core
/// modules, components and values.
pub(crate) fn beyond_wit(bytes: &[u8]) -> Vec<Misfit> {
    let beyond = ["a core module", "a component", "a value"];
    let imports = imported(bytes).into_iter();
    let imports = imports.filter(|(_, kind)| beyond.contains(kind));
    imports
        .map(|(name, _)| {
            let mut misfit = Misfit::new(Side::Import, Problem::Missing, Remedy::NOT_OFFERED);
            misfit.item = Some(name);
            misfit
        })
        .collect()
}

//! The two sides of a world.

use serde::Serialize;
use std::fmt;

/// Which way an item goes, seen from the component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The host has it and components may call it.
    Import,
    /// Components have it and the host may call it.
    Export,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Import => "import",
            Side::Export => "export",
        })
    }
}

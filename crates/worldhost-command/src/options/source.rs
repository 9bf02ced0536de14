//! The file that a component is in.

use crate::terminal::failure;
use std::path::Path;
use worldhost::{LoadLimits, Result, Source};

/// Opens COMPONENT, which may also be a core module that a component can be made of.
pub fn open(path: &Path) -> Result<Source> {
    Source::open_adapted(path, worldhost_adapt::ADAPTER)
}

/// The same of a regular file alone: what is loaded again, while others wait, is no pipe.
pub fn open_regular(path: &Path) -> Result<Source> {
    Source::open_regular(path, worldhost_adapt::ADAPTER)
}

/// As [`open`], and says if what runs is not the file itself.
pub fn open_and_tell(path: &Path, limits: &LoadLimits, verbose: bool) -> Result<Source> {
    let source = open(path)?;
    if verbose {
        source.bytes_within(limits)?;
        if source.is_adapted()? {
            failure::warn(format_args!(
                "{} is a core module; what runs is a component that was made of it",
                path.display()
            ));
        }
    }
    Ok(source)
}

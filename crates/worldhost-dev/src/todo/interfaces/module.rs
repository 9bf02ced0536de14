//! An interface, as a module of the bindings.

use crate::todo::list::{FileAction, FileWork};
use crate::todo::sides::Sides;

/// An entry without methods yet.
pub(super) fn work(sides: &Sides<'_>, module: &[String], action: FileAction) -> FileWork {
    let (interface, declared) = sides.interface(module);
    FileWork {
        file: None,
        action,
        interface,
        declared,
        add: Vec::new(),
        change: Vec::new(),
        remove: Vec::new(),
        paste: None,
    }
}

//! A changed world, reviewed for its host.

use crate::bindgens::Bindgen;
use crate::error::Result;
use crate::todo::{Todo, todo};
use serde::Serialize;
use std::fmt;
use worldhost_wit::{Dated, Diff};

/// What changed between two worlds, and what is left to do in the host.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Review {
    /// What changed, and what that means for components.
    #[serde(flatten)]
    pub diff: Diff,
    /// What is left to do in the host. None when there is none: no `bindgen!`, or a
    /// component on the old side.
    pub todo: Option<Todo>,
}

impl Review {
    /// Compares two worlds. The host's to-do list is made by generating its bindings for
    /// both, with the options of its `bindgen!`; without one there is no host.
    ///
    /// # Errors
    ///
    /// [`Error::Generate`](crate::Error::Generate) when `bindgen!` would refuse one of
    /// them.
    pub fn between(old: Dated<'_>, new: Dated<'_>, bindgen: Option<&Bindgen>) -> Result<Review> {
        let diff = Diff::between(old, new);
        let todo = match bindgen.filter(|_| !diff.component) {
            Some(bindgen) => Some(todo(old, new, bindgen)?),
            None => None,
        };
        Ok(Review { diff, todo })
    }

    /// Whether nothing differs, for components and for the host.
    pub fn is_empty(&self) -> bool {
        self.diff.is_empty() && self.todo.as_ref().is_none_or(Todo::is_empty)
    }
}

impl fmt::Display for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return write!(f, "{}", self.diff);
        }
        write!(f, "{:#}", self.diff)?;
        match &self.todo {
            Some(todo) if todo.is_empty() => {
                writeln!(f, "\nTo do in the host: nothing, its bindings are the same")
            }
            Some(todo) => write!(f, "\nTo do in the host\n{todo}"),
            None => Ok(()),
        }
    }
}

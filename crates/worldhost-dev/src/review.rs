//! A changed world, reviewed for its host.

use crate::bindgens::Bindgen;
use crate::error::Result;
use crate::todo::{Sides, Todo, todo};
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
    /// Adds to what changed what that leaves to do in the host: its bindings are generated
    /// for both worlds, with the options of its `bindgen!`; without one there is no host.
    ///
    /// Bindings that differ though nothing was said are a change of their own.
    ///
    /// # Errors
    ///
    /// [`Error::Generate`](crate::Error::Generate) when `bindgen!` would refuse one of
    /// them.
    pub fn of(
        mut diff: Diff,
        old: Dated<'_>,
        new: Dated<'_>,
        bindgen: Option<&Bindgen>,
    ) -> Result<Review> {
        let Some(bindgen) = bindgen.filter(|_| !diff.component) else {
            return Ok(Review { diff, todo: None });
        };
        let sides = Sides::of(old, new, bindgen)?;
        let todo = todo(&sides);
        if let (true, true, Some((was, is))) = (diff.is_empty(), todo.is_empty(), sides.rewritten())
        {
            diff.rewritten(was, is);
        }
        Ok(Review {
            diff,
            todo: Some(todo),
        })
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

//! Making the list.

use super::calls;
use super::list::Todo;
use super::sides::Sides;
use super::work;
use crate::bindgens::Bindgen;
use crate::error::Result;
use worldhost_wit::Dated;

/// The to-do list between two worlds.
///
/// # Errors
///
/// [`Error::Generate`](crate::Error::Generate) when `bindgen!` refuses one of the worlds
/// for more than an option that nothing in it matches.
pub(crate) fn todo(old: Dated<'_>, new: Dated<'_>, bindgen: &Bindgen) -> Result<Todo> {
    let sides = Sides::of(old, new, bindgen)?;
    let mut todo = Todo::default();
    work::implementations(&sides, &mut todo);
    work::options(&sides, &mut todo);
    todo.lines.sort_by(|a, b| a.file.cmp(&b.file));
    todo.calls = calls::calls(&sides);
    todo.types = calls::types(&sides);
    Ok(todo)
}

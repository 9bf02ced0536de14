//! Making the list.

use super::calls;
use super::interfaces;
use super::keys;
use super::link;
use super::list::Todo;
use super::making::Making;
use super::moves;
use super::own::Own;
use super::sides::Sides;

/// The to-do list between two worlds.
pub(crate) fn todo(sides: &Sides<'_>) -> Todo {
    todo_of(sides, None)
}

/// The same for a project that has nothing yet, and is to be on something.
pub(crate) fn todo_of(sides: &Sides<'_>, own: Option<Own>) -> Todo {
    let mut making = Making::new(sides, own);
    making.own_state();
    interfaces::implementations(&mut making);
    making.todo.moved = moved(sides);
    link::options(&mut making);
    keys::options(&mut making);
    moves::rename(&mut making);
    making.todo.calls.extend(calls::calls(sides));
    making.todo.types = calls::types(sides);
    making.done()
}

/// The modules that have other names now.
fn moved(sides: &Sides<'_>) -> Vec<(String, String)> {
    let moved = sides.moved();
    let moved = moved.map(|(from, to)| (from.join("::"), to.join("::")));
    moved.collect()
}

//! An interface under another name.

use super::impls::file_of;
use super::module::work;
use crate::todo::layout;
use crate::todo::list::FileAction;
use crate::todo::making::Making;

/// An interface that has another name now, if it has.
pub(super) fn moved(making: &mut Making<'_>, from: &[String], to: &[String]) {
    if from == to {
        return;
    }
    making.renamed(from, to);
    let Some(file) = file_of(making, from) else {
        return;
    };
    let (was, is) = (
        layout::stem(&making.sides.old_api, from),
        layout::stem(&making.sides.new_api, to),
    );
    // A file under a name of its own keeps it.
    let named = file
        .file_stem()
        .is_some_and(|stem| stem.to_string_lossy() == was);
    if was == is || !named {
        return;
    }
    let now = file.with_file_name(format!("{is}.rs"));
    making.files.insert(file.clone(), now.clone());
    let mut work = work(making.sides, to, FileAction::Move(file));
    work.file = Some(now);
    making.todo.files.push(work);
}

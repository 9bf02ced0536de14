//! An interface that is gone.

use super::impls::{file_of, plain, remove_impl};
use super::module::work;
use crate::todo::host::Impl;
use crate::todo::layout;
use crate::todo::link;
use crate::todo::list::{FileAction, Signature};
use crate::todo::making::Making;
use crate::todo::traits::Module;

pub(super) fn deleted(making: &mut Making<'_>, module: &Module<'_>) {
    let path = module.path;
    let mut work = work(making.sides, path, FileAction::Edit);
    work.file = file_of(making, path);
    for (name, one) in &module.traits {
        for method in &one.methods {
            let signature = plain(making, name, path, method);
            work.remove.push(Signature {
                of: name.clone(),
                signature,
                old: None,
            });
        }
    }
    link::unlink(making, path);
    if let Some(file) = work.file.clone() {
        let own = !path.is_empty()
            && file.file_stem().is_some_and(|stem| {
                stem.to_string_lossy() == layout::stem(&making.sides.old_api, path)
            });
        let alone = making
            .sides
            .host
            .impls
            .iter()
            .all(|one| one.module == path || making.sides.code.files[one.file].path != file);
        if own && alone {
            work.action = FileAction::Delete;
            making.gone(&file);
        } else {
            let mine: Vec<Impl> = making
                .sides
                .host
                .impls
                .iter()
                .filter(|one| one.module == path)
                .cloned()
                .collect();
            mine.iter().for_each(|one| remove_impl(making, Some(one)));
        }
    }
    making.dangling(path);
    making.todo.files.push(work);
}

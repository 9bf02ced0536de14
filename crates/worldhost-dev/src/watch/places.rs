//! What a review is made of.

use super::head::head;
use crate::subject::Subject;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every file and directory that the review of these depends on: their WIT, the Rust of the
/// host, and which commit is the last. `from` is what they are compared with, and counts
/// when it is a path.
pub fn places(subjects: &[Subject], from: &str) -> Vec<PathBuf> {
    let mut places = BTreeSet::new();
    let from = Path::new(from);
    match from.exists() {
        true => places.extend(whole(from)),
        false => {
            let homes: BTreeSet<&PathBuf> = subjects.iter().map(|one| &one.home).collect();
            places.extend(homes.into_iter().flat_map(|home| head(home)));
        }
    }
    for subject in subjects {
        places.extend(subject.source.paths.iter().filter_map(|path| whole(path)));
        if let Some(bindgen) = &subject.bindgen {
            let place = &bindgen.place;
            let own = [Path::new("src"), Path::new("Cargo.toml"), &place.file];
            places.extend(own.map(|path| place.package.join(path)));
        }
    }
    places.into_iter().collect()
}

fn whole(path: &Path) -> Option<PathBuf> {
    std::path::absolute(path).ok()
}

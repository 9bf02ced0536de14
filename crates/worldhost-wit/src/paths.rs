//! Paths, without asking whether anything is there.

use std::path::{Component, Path, PathBuf};

/// The path without `.` and `..`, as far as that can be told from its text.
pub fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match clean.components().next_back() {
                Some(Component::Normal(_)) => {
                    clean.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => clean.push(".."),
            },
            part => clean.push(part),
        }
    }
    clean
}

/// The path from the current directory, or the whole when that would lead up and down
/// again through more than half of it.
pub fn shown(path: &Path) -> PathBuf {
    let path = clean(&std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()));
    let Ok(here) = std::env::current_dir() else {
        return path;
    };
    let relative = between(&here, &path);
    let ups = relative.iter().filter(|part| *part == "..").count();
    match relative.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false if ups > 4 || ups + 1 >= here.components().count() => path,
        false => relative,
    }
}

/// The path that leads from a directory to another place; both are absolute and clean.
pub fn between(from: &Path, to: &Path) -> PathBuf {
    let same = from.components().zip(to.components());
    let same = same.take_while(|(a, b)| a == b).count();
    let up = from.components().skip(same).map(|_| Component::ParentDir);
    up.chain(to.components().skip(same)).collect()
}

/// The path below a root that has no links in it.
pub(crate) fn below(root: &Path, path: &Path) -> Option<PathBuf> {
    let path = clean(&std::path::absolute(path).ok()?);
    if let Ok(below) = path.strip_prefix(root) {
        return Some(below.to_path_buf());
    }
    // The way to the root may lead through links.
    let mut above: Vec<&Path> = path.ancestors().collect();
    above.reverse();
    let around = above
        .into_iter()
        .find(|above| above.canonicalize().is_ok_and(|found| found == root))?;
    Some(path.strip_prefix(around).ok()?.to_path_buf())
}

/// The nearest directory that is there, at the path or around it.
pub(crate) fn directory(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut above = absolute.ancestors();
    let found = above.find(|dir| dir.is_dir());
    found.unwrap_or(Path::new("/")).to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_taken_away() {
        for (path, expected) in [
            ("a/./b/../c", "a/c"),
            ("../../a", "../../a"),
            ("a/../../b", "../b"),
            ("/../a", "/a"),
            ("", ""),
        ] {
            assert_eq!(clean(Path::new(path)), Path::new(expected), "{path}");
        }
    }

    #[test]
    fn a_path_leads_from_one_place_to_another() {
        for (from, to, expected) in [
            ("/a/b", "/a/b/c", "c"),
            ("/a/b", "/a/c/d", "../c/d"),
            ("/a", "/a", ""),
        ] {
            assert_eq!(between(Path::new(from), Path::new(to)), Path::new(expected));
        }
    }
}

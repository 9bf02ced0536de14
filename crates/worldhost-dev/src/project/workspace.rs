//! The packages of a Cargo workspace.

use super::manifest::Manifest;
use super::member::Member;
use crate::error::Result;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use worldhost_wit::paths::clean;

/// The packages around a directory: those of its workspace, or the one.
pub(super) fn around(dir: &Path) -> Result<Option<(PathBuf, Vec<Member>)>> {
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf());
    let dir = absolute.canonicalize().unwrap_or(absolute);
    let mut nearest = None;
    for above in dir.ancestors() {
        let Some(manifest) = Manifest::of(above)? else {
            continue;
        };
        let named = manifest.package.as_ref().and_then(|p| p.workspace.clone());
        if let Some(named) = named {
            let root = clean(&above.join(named));
            return match Manifest::of(&root)? {
                Some(of_root) => workspace(&root, of_root).map(Some),
                None => alone(above, manifest).map(Some),
            };
        }
        if manifest.workspace.is_some() {
            return rooted(above, manifest, nearest).map(Some);
        }
        nearest.get_or_insert((above.to_path_buf(), manifest));
    }
    match nearest {
        Some((dir, manifest)) => alone(&dir, manifest).map(Some),
        None => Ok(None),
    }
}

type Packages = (PathBuf, Vec<Member>);

fn alone(dir: &Path, manifest: Manifest) -> Result<Packages> {
    Ok((dir.to_path_buf(), vec![Member::of(dir, &manifest)]))
}

/// A workspace that is around a package, which may not be one of it.
fn rooted(
    root: &Path,
    of_root: Manifest,
    nearest: Option<(PathBuf, Manifest)>,
) -> Result<Packages> {
    let found = workspace(root, of_root)?;
    match nearest {
        Some((dir, manifest)) if found.1.iter().all(|member| member.dir != dir) => {
            alone(&dir, manifest)
        }
        _ => Ok(found),
    }
}

/// Every member: those named, those that they depend on by path below the root, and the
/// root's own package.
fn workspace(root: &Path, of_root: Manifest) -> Result<Packages> {
    let mut waiting = Vec::new();
    let mut named = Vec::new();
    let table = of_root.workspace.as_ref();
    for pattern in table.iter().flat_map(|table| &table.members) {
        let found = matching(root, pattern);
        // What is named without a pattern is not excluded.
        if !pattern.contains(['*', '?', '[']) {
            named.extend(found.clone());
        }
        waiting.extend(found);
    }
    let excluded: Vec<PathBuf> = table
        .iter()
        .flat_map(|table| &table.exclude)
        .map(|path| clean(&root.join(path)))
        .collect();
    let mut members = BTreeMap::new();
    waiting.extend(
        of_root
            .paths(root, &of_root)
            .into_iter()
            .map(|path| root.join(path)),
    );
    if of_root.package.is_some() {
        members.insert(root.to_path_buf(), Member::of(root, &of_root));
    }
    while let Some(dir) = waiting.pop() {
        let dir = clean(&dir);
        let dir = dir.canonicalize().unwrap_or(dir);
        let out = !named.contains(&dir) && excluded.iter().any(|path| dir.starts_with(path));
        if out || !dir.starts_with(root) || members.contains_key(&dir) {
            continue;
        }
        let Some(manifest) = Manifest::of(&dir)? else {
            continue;
        };
        let paths = manifest.paths(root, &of_root);
        waiting.extend(paths.into_iter().map(|path| dir.join(path)));
        let member = Member::of(&dir, &manifest);
        members.insert(dir, member);
    }
    Ok((root.to_path_buf(), members.into_values().collect()))
}

/// The directories that a pattern of `members` names.
fn matching(root: &Path, pattern: &str) -> Vec<PathBuf> {
    let whole = glob::Pattern::escape(&root.display().to_string()) + "/" + pattern;
    let found = glob::glob(&whole).into_iter().flatten().flatten();
    found
        .filter(|dir| dir.is_dir())
        .map(|dir| dir.canonicalize().unwrap_or(dir))
        .collect()
}

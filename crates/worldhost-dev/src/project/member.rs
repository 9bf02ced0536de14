//! One package: its targets, and its Rust files.

use super::manifest::{self, Manifest};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use worldhost_wit::paths::clean;

/// A package of the project.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The directory of its `Cargo.toml`, without links.
    pub(crate) dir: PathBuf,
    /// What its library is called in Rust.
    pub(crate) krate: String,
    /// The first files of its targets, the library first, relative to the directory.
    pub(crate) roots: Vec<PathBuf>,
}

impl Member {
    pub(super) fn of(dir: &Path, manifest: &Manifest) -> Member {
        let package = manifest
            .package
            .as_ref()
            .map(|package| package.name.clone());
        let lib = manifest.lib.as_ref().and_then(|lib| lib.name.clone());
        let name = lib.or(package).unwrap_or_default();
        Member {
            dir: dir.to_path_buf(),
            krate: name.replace('-', "_"),
            roots: roots(dir, manifest),
        }
    }

    /// A directory without a manifest.
    pub(super) fn bare(dir: &Path) -> Member {
        Member::of(dir, &Manifest::default())
    }

    /// Every Rust file of the package, relative to its directory. Directories with a
    /// `Cargo.toml` are other packages.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut seen = HashSet::new();
        collect(&self.dir, Path::new(""), &mut seen, &mut files);
        files
    }
}

fn roots(dir: &Path, manifest: &Manifest) -> Vec<PathBuf> {
    let mut roots = Vec::new();
    let lib = manifest.lib.as_ref().and_then(|lib| lib.path.clone());
    roots.push(lib.unwrap_or_else(|| "src/lib.rs".into()));
    roots.push("src/main.rs".into());
    let kinds: [(&[manifest::Target], &str); 4] = [
        (&manifest.bin, "src/bin"),
        (&manifest.test, "tests"),
        (&manifest.bench, "benches"),
        (&manifest.example, "examples"),
    ];
    for (targets, usual) in kinds {
        for target in targets {
            let name = target.name.clone().unwrap_or_default();
            let path = target.path.clone();
            roots.push(path.unwrap_or_else(|| format!("{usual}/{name}.rs").into()));
        }
        for name in names(&dir.join(usual)) {
            let path = Path::new(usual).join(&name);
            match path.extension().is_some_and(|found| found == "rs") {
                true => roots.push(path),
                false => roots.push(path.join("main.rs")),
            }
        }
    }
    roots.push("build.rs".into());
    let mut seen = HashSet::new();
    let roots = roots.into_iter().map(|root| clean(&root));
    roots
        .filter(|root| dir.join(root).is_file() && seen.insert(root.clone()))
        .collect()
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn collect(root: &Path, dir: &Path, seen: &mut HashSet<PathBuf>, files: &mut Vec<PathBuf>) {
    let full = root.join(dir);
    let other = !dir.as_os_str().is_empty() && full.join("Cargo.toml").is_file();
    // A link may lead back.
    if other || !full.canonicalize().is_ok_and(|full| seen.insert(full)) {
        return;
    }
    for name in names(&full) {
        let path = dir.join(&name);
        let below = root.join(&path);
        if below.is_dir() {
            if !is_output(&below) && !name.starts_with('.') && name != "node_modules" {
                collect(root, &path, seen, files);
            }
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
}

/// Whether it is a cache, or Cargo builds there: its tag may be gone, as in what a cache
/// of somebody else's brought back.
fn is_output(dir: &Path) -> bool {
    let marks = [
        "CACHEDIR.TAG",
        ".rustc_info.json",
        "debug/.fingerprint",
        "release/.fingerprint",
    ];
    marks.iter().any(|mark| dir.join(mark).exists())
}

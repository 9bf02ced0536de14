//! `wit/` of a new project: what was handed over, and the packages that it needs.

use crate::error::{Error, Result};
use std::fs;
use std::path::Path;
use wit_component::WitPrinter;
use wit_parser::{Package, PackageId, PackageName};
use worldhost_wit::{Error as WitError, WASI_P2, WASI_P3, Wit, wasi_text};

/// Writes it, and reads it again as `bindgen!` will.
pub(super) fn vendor(from: &Path, to: &Path) -> Result<Wit> {
    fs::create_dir_all(to).map_err(|error| Error::file(to, error))?;
    let named = |end: &str| from.extension().is_some_and(|found| found == end);
    if from.is_dir() {
        copied(from, to, true)?;
    } else if named("wit") {
        let name = from.file_name().unwrap_or("world.wit".as_ref());
        copy(from, &to.join(name))?;
    } else {
        let wit = Wit::from_path(from)?;
        printed(&wit, to, Some(wit.package))?;
    }
    carry(to)
}

/// Reads what was written, and puts the packages of WASI beside it that it lacks.
pub(super) fn carry(to: &Path) -> Result<Wit> {
    loop {
        let missing = match Wit::from_path(to) {
            Err(WitError::Parse {
                missing: Some(missing),
                ..
            }) => missing,
            read => return Ok(read?),
        };
        let path = dep(to, &missing);
        match wasi_text(&missing) {
            Some(text) if !path.exists() => write(&path, text)?,
            _ => return Err(Error::NoPackage { package: missing }),
        }
    }
}

/// Text alone: a README or an old release beside it is no part of the package.
fn copied(from: &Path, to: &Path, is_top: bool) -> Result<()> {
    let entries = fs::read_dir(from).map_err(|error| Error::file(from, error))?;
    for entry in entries.flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        let is_wit = ["wit", "wat", "wasm"]
            .iter()
            .any(|end| path.extension().is_some_and(|found| found == *end));
        if path.is_dir() {
            if !is_top || path.ends_with("deps") {
                copied(&path, &to, false)?;
            }
        } else if is_wit {
            copy(&path, &to)?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let bytes = fs::read(from).map_err(|error| Error::file(from, error))?;
    let dir = to.parent().unwrap_or(to);
    fs::create_dir_all(dir).map_err(|error| Error::file(dir, error))?;
    fs::write(to, bytes).map_err(|error| Error::file(to, error))
}

/// The packages of what is in binary. A component has those parts of WASI that it imports,
/// and no word of what is unstable, which Wasmtime's bindings of WASI have: what is carried of
/// the same line stands in for them. `top` is the package that the project is of; all others
/// are its dependencies.
pub(super) fn printed(wit: &Wit, to: &Path, top: Option<PackageId>) -> Result<()> {
    let packages = &wit.resolve.packages;
    let carried = packages
        .iter()
        .filter_map(|(_, package)| Some((package, carried(&package.name)?)));
    let carried: Vec<(&Package, &str)> = carried.collect();
    for (id, package) in packages.iter() {
        if carried.iter().any(|(known, _)| known.name == package.name) {
            continue;
        }
        let path = match top == Some(id) {
            true => to.join("world.wit"),
            false => dep(to, &package.name.to_string()),
        };
        let mut text = text(wit, id)?;
        for (package, version) in &carried {
            text = moved(&text, package, version);
        }
        write(&path, &text)?;
    }
    Ok(())
}

/// The version that is carried of a package's line, if one is.
fn carried(name: &PackageName) -> Option<&'static str> {
    let wanted = name.version.as_ref()?;
    let line = |version: &str| version.split('.').take(2).collect::<Vec<_>>().join(".");
    let same = |known: &&str| line(known) == line(&wanted.to_string());
    let known = [WASI_P2, WASI_P3].into_iter().find(same)?;
    let package = format!("{}:{}@{known}", name.namespace, name.name);
    wasi_text(&package).map(|_| known)
}

/// The text with the interfaces of a package in another version.
fn moved(text: &str, package: &Package, version: &str) -> String {
    let mut text = text.to_string();
    for interface in package.interfaces.keys() {
        let PackageName {
            namespace, name, ..
        } = &package.name;
        let base = format!("{namespace}:{name}/{interface}@");
        let Some(old) = &package.name.version else {
            continue;
        };
        for end in [";", ".{"] {
            text = text.replace(
                &format!("{base}{old}{end}"),
                &format!("{base}{version}{end}"),
            );
        }
    }
    text
}

fn text(wit: &Wit, package: PackageId) -> Result<String> {
    let mut printer = WitPrinter::default();
    let printed = printer.print(&wit.resolve, package, &[]);
    printed.map_err(|error| WitError::Parse {
        message: format!("{error:#}"),
        missing: None,
        other_versions: Vec::new(),
    })?;
    Ok(printer.output.to_string())
}

/// Where wkg has a package.
pub(super) fn dep(to: &Path, package: &str) -> std::path::PathBuf {
    let name = package.replace([':', '@'], "-");
    to.join("deps").join(name).join("package.wit")
}

pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let dir = path.parent().unwrap_or(path);
    fs::create_dir_all(dir).map_err(|error| Error::file(dir, error))?;
    fs::write(path, text).map_err(|error| Error::file(path, error))
}

//! A world as it was released: the whole package in one file, to hold later
//! changes against.

use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use wit_component::{Output, WitPrinter};
use wit_parser::PackageId;
use worldhost_wit::{Source, Wit, WorldId};

/// The package of a world, with the packages that it uses nested in the text,
/// so that it needs nothing beside it. These come without their documentation.
///
/// # Errors
///
/// [`Error::NoVersion`] when the package has none.
pub fn text(wit: &Wit, world: WorldId) -> Result<String> {
    let package = wit.resolve.worlds[world].package.unwrap_or(wit.package);
    let name = &wit.resolve.packages[package].name;
    if name.version.is_none() {
        return Err(Error::NoVersion {
            package: name.to_string(),
        });
    }
    let mut printer = WitPrinter::default();
    let printed = print(&mut printer, wit, package);
    printed.map_err(|message| worldhost_wit::Error::Parse {
        message,
        missing: None,
        other_versions: Vec::new(),
    })?;
    let head = format!("// {name} as it was released. It does not change any more.\n");
    Ok(head + &printer.output.to_string())
}

fn print(printer: &mut WitPrinter, wit: &Wit, package: PackageId) -> Result<(), String> {
    let words = |error| format!("{error:#}");
    printer.print(&wit.resolve, package, &[]).map_err(words)?;
    printer.emit_docs(false);
    for other in wit.resolve.topological_packages() {
        if other != package {
            printer.output.newline();
            printer
                .print_package(&wit.resolve, other, false)
                .map_err(words)?;
        }
    }
    Ok(())
}

/// Writes it to `released/<version>.wit` in the WIT directory, the one that the package
/// is in if there are several, or beside the `.wit` file, and returns the path.
/// `bindgen!` and wkg read neither.
///
/// # Errors
///
/// [`Error::Released`] when that version is there with another text; that it cannot be
/// written; those of [`text`].
pub fn write(wit: &Wit, world: WorldId, source: &Source) -> Result<PathBuf> {
    let text = text(wit, world)?;
    let package = wit.resolve.worlds[world].package.unwrap_or(wit.package);
    let version = &wit.resolve.packages[package].name.version;
    let version = version
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let released = place(wit, package, source).join("released");
    let file = released.join(format!("{version}.wit"));
    let fail = |error| Error::file(&file, error);
    match fs::read_to_string(&file) {
        Ok(before) if before == text => return Ok(file),
        Ok(_) => return Err(Error::Released { path: file }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
    }
    fs::create_dir_all(&released).map_err(fail)?;
    fs::write(&file, text).map_err(fail)?;
    Ok(file)
}

/// The newest release of a world's package, if one is kept.
pub fn newest(wit: &Wit, world: WorldId, source: &Source) -> Option<PathBuf> {
    let package = wit.resolve.worlds[world].package.unwrap_or(wit.package);
    let released = place(wit, package, source).join("released");
    let files = fs::read_dir(released).ok()?.flatten();
    let versions = files.filter_map(|file| {
        let path = file.path();
        let is_wit = path.extension().is_some_and(|found| found == "wit");
        let version = semver::Version::parse(path.file_stem()?.to_str()?).ok()?;
        is_wit.then_some((version, path))
    });
    versions.max().map(|(_, path)| path)
}

/// The directory of a package's text.
fn place(wit: &Wit, package: PackageId, source: &Source) -> PathBuf {
    let package = &wit.resolve.packages[package];
    let worlds = package.worlds.values();
    let spans = worlds.map(|id| wit.resolve.worlds[*id].span);
    let interfaces = package.interfaces.values();
    let mut spans = spans.chain(interfaces.map(|id| wit.resolve.interfaces[*id].span));
    let file = spans.next().map(|span| wit.resolve.render_location(span));
    let has = |dir: &&PathBuf| {
        file.as_ref()
            .is_some_and(|file| Path::new(file).starts_with(dir))
    };
    let found = source.paths.iter().find(has).or(source.paths.last());
    match found {
        Some(path) if path.is_dir() => path.clone(),
        Some(path) => path.parent().unwrap_or(Path::new("")).to_path_buf(),
        None => "wit".into(),
    }
}

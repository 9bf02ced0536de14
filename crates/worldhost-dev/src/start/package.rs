//! `wit/` of a project that is of somebody's package: a world of its own that includes one
//! of the package's.

use super::fetched::fetch;
use super::origin::Wanted;
use super::vendor::{carry, dep, printed, write};
use crate::error::{Error, Result};
use std::path::Path;
use wit_parser::{PackageId, Resolve};
use worldhost_wit::{Error as WitError, WASI_P2, WASI_P3, Wit, wasi_text};

/// Writes it, and reads it again as `bindgen!` will. The package is the command's own, or
/// comes by `wkg`.
pub(super) fn vendor(wanted: &Wanted, world: Option<&str>, to: &Path) -> Result<Wit> {
    // A package that has nothing, until it is known what the other has.
    let top = to.join("world.wit");
    write(&top, "package local:host;\n")?;
    match carried(wanted) {
        Some((package, text)) => write(&dep(to, &package), text)?,
        None => {
            let file = tempfile::Builder::new()
                .suffix(".wasm")
                .tempfile()
                .map_err(|error| Error::file(to, error))?;
            fetch(wanted, file.path())?;
            printed(&Wit::from_path(file.path())?, to, None)?;
        }
    }
    let wit = carry(to)?;
    let package = find(&wit.resolve, wanted).ok_or_else(|| Error::NoPackage {
        package: wanted.package(),
    })?;
    let found = &wit.resolve.packages[package];
    let worlds: Vec<String> = found.worlds.keys().cloned().collect();
    let source_name = found.name.to_string();
    let world = match (world.or(wanted.world.as_deref()), &worlds[..]) {
        (Some(wanted), _) if worlds.iter().any(|one| one == wanted) => wanted.to_string(),
        (Some(wanted), _) => {
            let wanted = wanted.to_string();
            return Err(Error::Wit(WitError::NoWorld {
                source_name,
                wanted,
                worlds,
            }));
        }
        (None, [one]) => one.clone(),
        (None, _) => {
            return Err(Error::Wit(WitError::WhichWorld {
                source_name,
                worlds,
            }));
        }
    };
    let whole = wit.resolve.id_of_name(package, &world);
    write(
        &top,
        &format!(
            "package local:host;\n\n/// What this host is of. Imports and exports of your own go beside it.\n\
             world %{world} {{\n  include {whole};\n}}\n"
        ),
    )?;
    carry(to)
}

/// The text of a package of WASI, of the version that was named or the one that is known.
fn carried(wanted: &Wanted) -> Option<(String, &'static str)> {
    let versions = match &wanted.version {
        Some(version) => vec![version.as_str()],
        None => vec![WASI_P2, WASI_P3],
    };
    let mut packages = versions
        .iter()
        .map(|version| format!("{}@{version}", wanted.name));
    packages.find_map(|package| {
        let text = wasi_text(&package)?;
        Some((package, text))
    })
}

fn find(resolve: &Resolve, wanted: &Wanted) -> Option<PackageId> {
    let mut all = resolve.packages.iter();
    let found = all.find(|(_, package)| {
        let name = &package.name;
        let version = name.version.as_ref().map(ToString::to_string);
        format!("{}:{}", name.namespace, name.name) == wanted.name
            && (wanted.version.is_none() || wanted.version == version)
    });
    found.map(|(id, _)| id)
}

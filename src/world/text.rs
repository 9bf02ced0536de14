//! The WIT that is in this build: `wit/`, and the WASI that is linked beside it.

use crate::{Error, Result};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use wit_parser::{PackageId, Resolve, SourceMap, UnresolvedPackageGroup};

/// The path of each file, from the project's root, and its text.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/wit.rs"));

/// Where the WASI packages are that the project's own world does not name.
const WASI: &str = "src/world/wasi/";

/// Everything, parsed once, and the project's own package in it.
pub(super) fn embedded() -> Result<(Resolve, PackageId)> {
    static PARSED: OnceLock<std::result::Result<(Resolve, PackageId), String>> = OnceLock::new();
    let parsed = PARSED.get_or_init(|| {
        // Without the WASI of 0.3 and HTTP when a wit/ has replaced what they
        // build on: their text is a convenience.
        parse(true).or_else(|_| parse(false))
    });
    parsed
        .clone()
        .map_err(|message| Error::Host(format!("the WIT in this build: {message}")))
}

fn parse(with_wasi: bool) -> std::result::Result<(Resolve, PackageId), String> {
    let mut groups: BTreeMap<&str, SourceMap> = BTreeMap::new();
    for (path, text) in FILES {
        // In wit/ a directory is a package; WASI is one file each.
        let package = match path.strip_prefix(WASI) {
            Some(_) if !with_wasi => continue,
            Some(_) => path,
            None => path.rsplit_once('/').map_or("", |(dir, _)| dir),
        };
        groups.entry(package).or_default().push_str(path, *text);
    }
    let main = groups.remove("wit").ok_or("there is no wit/ directory")?;
    let main = group(main)?;
    let mut deps: Vec<UnresolvedPackageGroup> = Vec::new();
    // wit/deps sorts behind src/world and has the last word.
    for (_, sources) in groups.into_iter().rev() {
        let next = group(sources)?;
        if deps.iter().all(|known| known.main.name != next.main.name) {
            deps.push(next);
        }
    }
    let mut resolve = Resolve::default();
    let id = resolve
        .push_groups(main, deps)
        .map_err(|error| error.to_string())?;
    Ok((resolve, id))
}

fn group(sources: SourceMap) -> std::result::Result<UnresolvedPackageGroup, String> {
    sources.parse().map_err(|(_, error)| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_read() {
        let (resolve, main) = embedded().unwrap();
        assert_eq!(resolve.packages[main].name.name, "plugin");
        for name in ["wasi:cli@0.2.12", "wasi:cli@0.3.0", "wasi:http@0.3.0"] {
            let known = resolve
                .packages
                .iter()
                .any(|(_, p)| p.name.to_string() == name);
            assert!(known, "{name}");
        }
    }
}

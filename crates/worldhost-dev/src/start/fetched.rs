//! A package that is published, by the tool that fetches such.

use super::origin::Wanted;
use crate::error::{Error, Result};
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// Has `wkg` write the package, encoded, to a file.
pub(super) fn fetch(wanted: &Wanted, to: &Path) -> Result<()> {
    let package = wanted.package();
    let fail = |message: String| Error::Fetch {
        package: package.clone(),
        message,
    };
    let mut wkg = Command::new("wkg");
    wkg.args(["get", "--format", "wasm", "--overwrite", "--output"]);
    wkg.arg(to).arg("--").arg(&package);
    let output = wkg.output().map_err(|error| {
        fail(match error.kind() {
            ErrorKind::NotFound => {
                "wkg is not here to fetch it: cargo install wkg, or name a file".into()
            }
            _ => format!("wkg: {error}"),
        })
    })?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            let last = said.lines().rev().find(|line| !line.trim().is_empty());
            Err(fail(format!(
                "wkg says: {}",
                last.unwrap_or("nothing").trim()
            )))
        }
    }
}

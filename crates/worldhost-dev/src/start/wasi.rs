//! Which WASI a world has, and which of Wasmtime's bindings are for it.

use crate::error::{Error, Result};
use std::collections::BTreeSet;
use wit_parser::{Resolve, WorldId, WorldItem};

/// The packages that `wasmtime-wasi` has bindings of.
const OWN: [&str; 6] = ["cli", "clocks", "filesystem", "io", "random", "sockets"];

/// The WASI of a world.
pub(super) struct Wasi {
    /// The packages that it imports, without `wasi:`.
    packages: BTreeSet<String>,
    /// Whether there are others, of which Wasmtime has no bindings.
    has_others: bool,
    /// Whether they are of 0.3.
    pub(super) is_p3: bool,
}

impl Wasi {
    /// # Errors
    ///
    /// [`Error::TwoWasis`].
    pub(super) fn of(resolve: &Resolve, world: WorldId) -> Result<Wasi> {
        let found = &resolve.worlds[world];
        let (mut packages, mut has_others) = (BTreeSet::new(), false);
        let mut lines = BTreeSet::new();
        for item in found.imports.values() {
            let WorldItem::Interface { id, .. } = item else {
                continue;
            };
            let package = resolve.interfaces[*id].package;
            let Some(package) = package.map(|id| &resolve.packages[id].name) else {
                continue;
            };
            if package.namespace != "wasi" {
                continue;
            }
            has_others |= !provided(&package.name);
            if provided(&package.name) {
                packages.insert(package.name.clone());
                let version = package.version.as_ref();
                lines.insert(
                    version.is_some_and(|version| (version.major, version.minor) >= (0, 3)),
                );
            }
        }
        if lines.len() > 1 {
            return Err(Error::TwoWasis {
                world: found.name.clone(),
            });
        }
        Ok(Wasi {
            packages,
            has_others,
            is_p3: lines.contains(&true),
        })
    }

    /// Whether it imports any.
    pub(super) fn is_there(&self) -> bool {
        !self.packages.is_empty()
    }

    pub(super) fn has_http(&self) -> bool {
        self.packages.contains("http")
    }

    /// `p2` or `p3`, as Wasmtime calls them.
    pub(super) fn line(&self) -> &'static str {
        if self.is_p3 { "p3" } else { "p2" }
    }

    /// The entries of `with`.
    pub(super) fn keys(&self) -> Vec<String> {
        let whole = self.is_there() && !self.has_http() && !self.has_others;
        if whole {
            return vec![format!(
                "\"wasi\": wasmtime_wasi::{}::bindings,",
                self.line()
            )];
        }
        let keys = self.packages.iter().map(|package| {
            let krate = match package.as_str() {
                "http" => "wasmtime_wasi_http",
                _ => "wasmtime_wasi",
            };
            format!(
                "\"wasi:{package}\": {krate}::{}::bindings::{package},",
                self.line()
            )
        });
        keys.collect()
    }
}

fn provided(package: &str) -> bool {
    package == "http" || OWN.contains(&package)
}

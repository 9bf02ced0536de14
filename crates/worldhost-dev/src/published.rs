//! The bytes that a vendored package was published as, made again from its text.
//!
//! A registry holds packages as WebAssembly, and a lock file the digest of that.
//! The bytes follow from the text, from the versions of the encoder, and from
//! the order of items that the text had when it was published.

use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_encoder::{ComponentSection, CustomSection};
use wasm_metadata_published::{AddMetadata, AddMetadataField};
use wit_component_published::encode;
use wit_parser_published::{PackageId, Resolve, UnresolvedPackageGroup};

/// The versions of wkg's library that published the packages in use, newest
/// first. It writes its version into what it publishes.
const PUBLISHERS: [&str; 2] = ["0.15.0", "0.14.0"];

/// A package in `wit/deps`.
pub(crate) struct Vendored {
    /// Such as `wasi:cli`.
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    /// The file, or the directory of its files.
    pub(crate) path: PathBuf,
    /// The packages whose types its own bytes repeat.
    pub(crate) uses: Vec<String>,
    package: PackageId,
}

/// Every package in `wit/deps`, each after those that it uses.
pub(crate) struct Deps {
    resolve: Resolve,
    pub(crate) packages: Vec<Vendored>,
    /// What could not be read, with the reason.
    pub(crate) unreadable: Vec<(PathBuf, String)>,
}

impl Deps {
    /// Reads directories such as `wit/deps`. They may not be there.
    pub(crate) fn read(dirs: &[PathBuf]) -> Result<Deps> {
        let mut deps = Deps {
            resolve: Resolve {
                all_features: true,
                ..Resolve::default()
            },
            packages: Vec::new(),
            unreadable: Vec::new(),
        };
        let mut waiting = Vec::new();
        let mut paths = Vec::new();
        for dir in dirs {
            paths.extend(entries(dir)?);
        }
        for path in paths {
            let group = match path.is_dir() {
                true => UnresolvedPackageGroup::parse_dir(&path),
                false => UnresolvedPackageGroup::parse_file(&path),
            };
            match group {
                Ok(group) => waiting.push((path, group)),
                Err(error) => deps.unreadable.push((path, format!("{error:#}"))),
            }
        }
        deps.push(waiting);
        Ok(deps)
    }

    /// Adds the packages, each after those that it uses.
    fn push(&mut self, mut waiting: Vec<(PathBuf, UnresolvedPackageGroup)>) {
        loop {
            let ready = waiting.iter().position(|(_, group)| {
                let needed = group.main.foreign_deps.keys();
                let mut needed =
                    needed.filter(|name| !self.resolve.package_names.contains_key(*name));
                needed.next().is_none()
            });
            let Some(ready) = ready else {
                break;
            };
            let (path, group) = waiting.remove(ready);
            let name = group.main.name.clone();
            let uses = group.main.foreign_deps.keys();
            let uses = uses.map(|name| format!("{}:{}", name.namespace, name.name));
            let uses = uses.collect();
            if self.resolve.package_names.contains_key(&name) {
                self.unreadable
                    .push((path, format!("package {name} is there twice")));
                continue;
            }
            match self.resolve.push_group(group) {
                Ok(package) => self.packages.push(Vendored {
                    name: format!("{}:{}", name.namespace, name.name),
                    version: name.version.map(|version| version.to_string()),
                    path,
                    uses,
                    package,
                }),
                Err(error) => self.unreadable.push((path, format!("{error:#}"))),
            }
        }
        for (path, group) in waiting {
            let needed = group.main.foreign_deps.keys();
            let missing: Vec<String> = needed
                .filter(|name| !self.resolve.package_names.contains_key(*name))
                .map(ToString::to_string)
                .collect();
            let reason = format!("it uses {}, which is not there", missing.join(" and "));
            self.unreadable.push((path, reason));
        }
    }

    /// The digests that the package can have been published under, and the bytes:
    /// one for each order of items and publisher, the likeliest first.
    pub(crate) fn candidates(
        &self,
        vendored: &Vendored,
    ) -> impl Iterator<Item = (String, Vec<u8>)> {
        let orders = [
            Order::AsWritten,
            Order::FunctionsFirst,
            Order::FunctionsLast,
        ];
        orders.into_iter().flat_map(move |order| {
            let encoded = self.encode(vendored, order);
            PUBLISHERS.iter().filter_map(move |publisher| {
                let bytes = published(vendored, encoded.as_deref()?, publisher)?;
                Some((digest(&bytes), bytes))
            })
        })
    }

    fn encode(&self, vendored: &Vendored, order: Order) -> Option<Vec<u8>> {
        if matches!(order, Order::AsWritten) {
            return encode(&self.resolve, vendored.package).ok();
        }
        let mut resolve = self.resolve.clone();
        let interfaces = resolve.packages[vendored.package].interfaces.clone();
        for id in interfaces.values() {
            // A stable sort: only the two kinds change places.
            resolve.interfaces[*id]
                .functions
                .sort_by_key(|_, function| {
                    let method = function.kind.resource().is_some();
                    matches!(order, Order::FunctionsFirst) == method
                });
        }
        encode(&resolve, vendored.package).ok()
    }
}

/// How functions of resources and other functions followed each other in the
/// text that was published. The text that wkg writes has the others last.
#[derive(Clone, Copy)]
enum Order {
    AsWritten,
    FunctionsFirst,
    FunctionsLast,
}

/// The encoded package with what the publisher adds to it.
fn published(vendored: &Vendored, encoded: &[u8], publisher: &str) -> Option<Vec<u8>> {
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(vendored.name.clone());
    metadata.processed_by = vec![("wasm-pkg-core".into(), publisher.into())];
    let mut bytes = metadata.to_wasm(encoded).ok()?;
    if let Some(version) = &vendored.version {
        let section = CustomSection {
            name: "version".into(),
            data: version.as_bytes().into(),
        };
        section.append_to_component(&mut bytes);
    }
    Some(bytes)
}

fn digest(bytes: &[u8]) -> String {
    let hex = Sha256::digest(bytes);
    let hex: Vec<String> = hex.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hex.concat())
}

/// The packages of a `deps` directory, as the WIT parser finds them.
fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let read = match fs::read_dir(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read,
    };
    let fail = |error| Error::file(dir, error);
    let mut paths = Vec::new();
    for entry in read.map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() || path.extension().is_some_and(|e| e == "wit") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

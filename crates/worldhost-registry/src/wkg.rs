//! Where `wkg`'s configuration says that a package is.

use crate::error::{Error, Result, in_words};
use crate::oci::Repository;
use crate::place::Place;
use crate::reach::{Reach, is_loopback};
use oci_client::Reference;
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;
use wasm_pkg_common::Error as Wkg;
use wasm_pkg_common::config::{Config, RegistryConfig, RegistryMapping};
use wasm_pkg_common::metadata::{LOCAL_PROTOCOL, OCI_PROTOCOL};
use wasm_pkg_common::metadata::{REGISTRY_METADATA_PATH, RegistryMetadata};
use wasm_pkg_common::package::{PackageRef, Version};
use wasm_pkg_common::registry::Registry;

/// What a registry says of itself has its time and size.
const PATIENCE: Duration = Duration::from_secs(20);
const MOST: usize = 64 << 10;

/// Where the package is.
pub(crate) async fn place(package: &PackageRef, version: &Version, address: &str) -> Result<Place> {
    let config = config().await?;
    let Some(registry) = config.resolve_registry(package) else {
        return Err(Error::NoRegistry {
            address: address.into(),
        });
    };
    let own = config
        .registry_config(registry)
        .cloned()
        .unwrap_or_default();
    let mapping = config
        .package_registry_override(package)
        .or_else(|| config.namespace_registry(package.namespace()));
    let metadata = match mapping {
        Some(RegistryMapping::Custom(custom)) => custom.metadata.clone(),
        _ if own.default_backend() == Some(LOCAL_PROTOCOL) => RegistryMetadata::default(),
        _ => metadata(registry).await.map_err(|why| Error::Unreachable {
            address: address.into(),
            why: in_words(&why),
        })?,
    };
    // That a package is a file here is for nobody but the user to say.
    let preferred = metadata.preferred_protocol();
    let preferred = preferred.filter(|protocol| *protocol != LOCAL_PROTOCOL);
    match own.default_backend().or(preferred).unwrap_or(OCI_PROTOCOL) {
        LOCAL_PROTOCOL => local(&own, package, version),
        OCI_PROTOCOL => {
            let registry = registry.to_string();
            oci(&own, &metadata, registry, package, version, address)
        }
        other => Err(Error::Config {
            why: format!("the protocol `{other}` is not known here"),
        }),
    }
}

/// As `wkg` reads it: its own file, or the one that is named.
async fn config() -> Result<Config> {
    let read = match std::env::var_os("WKG_CONFIG_FILE") {
        Some(file) => Config::from_file(file).await,
        None => Config::global_defaults().await,
    };
    read.map_err(wrong)
}

fn wrong(error: Wkg) -> Error {
    Error::Config {
        why: in_words(&error),
    }
}

/// What the registry says of itself; nothing, where it answers with something else.
async fn metadata(registry: &Registry) -> reqwest::Result<RegistryMetadata> {
    let scheme = match is_loopback(registry.as_ref()) {
        true => "http",
        false => "https",
    };
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let url = format!("{scheme}://{registry}{REGISTRY_METADATA_PATH}");
    let mut response = client.get(url).send().await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST {
            return Ok(RegistryMetadata::default());
        }
    }
    Ok(match response.status().is_success() {
        true => serde_json::from_slice(&bytes).unwrap_or_default(),
        false => RegistryMetadata::default(),
    })
}

#[derive(Deserialize)]
struct Local {
    root: PathBuf,
}

fn local(own: &RegistryConfig, package: &PackageRef, version: &Version) -> Result<Place> {
    let local: Option<Local> = own.backend_config(LOCAL_PROTOCOL).map_err(wrong)?;
    let local = local.ok_or_else(|| Error::Config {
        why: "a local registry needs its `root`".into(),
    })?;
    let dir = local.root.join(package.namespace().as_ref());
    let dir = dir.join(package.name().as_ref());
    Ok(Place::Local(dir.join(format!("{version}.wasm"))))
}

/// What a registry says of where its packages are.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whereabouts {
    registry: Option<String>,
    namespace_prefix: Option<String>,
}

fn oci(
    own: &RegistryConfig,
    metadata: &RegistryMetadata,
    registry: String,
    package: &PackageRef,
    version: &Version,
    address: &str,
) -> Result<Place> {
    let at: Option<Whereabouts> = metadata.protocol_config(OCI_PROTOCOL).map_err(wrong)?;
    let at = at.unwrap_or_default();
    let reach: Option<Reach> = own.backend_config(OCI_PROTOCOL).map_err(wrong)?;
    let prefix = at.namespace_prefix.unwrap_or_default();
    let repository = format!("{prefix}{}/{}", package.namespace(), package.name());
    let tag = version.to_string();
    let reference = Reference::with_tag(at.registry.unwrap_or(registry), repository, tag);
    Repository::open(reference, &reach.unwrap_or_default(), address).map(Place::Oci)
}

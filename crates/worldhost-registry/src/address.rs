//! What names a component in a registry.

use crate::error::{Error, Result};
use oci_client::Reference;
use std::fmt;
use wasm_pkg_common::package::{PackageRef, Version};

/// `oci://HOST/REPOSITORY:TAG`, `oci://HOST/REPOSITORY@sha256:…`, or
/// `NAMESPACE:NAME@VERSION`, of which `wkg`'s configuration says where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(pub(crate) Named);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Oci(Box<Reference>),
    Package(PackageRef, Version),
}

impl Address {
    /// What begins the address of an artifact.
    pub const OCI: &str = "oci://";

    /// What this names in a registry; none where it is a path.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] of one that begins with [`Address::OCI`] and is none.
    pub fn of(text: &str) -> Result<Option<Self>> {
        if let Some(rest) = text.strip_prefix(Self::OCI) {
            let reference = reference(rest).map_err(|why| Error::Address {
                text: text.into(),
                why,
            })?;
            return Ok(Some(Address(Named::Oci(Box::new(reference)))));
        }
        let Some((package, version)) = text.split_once('@') else {
            return Ok(None);
        };
        Ok(match (package.parse(), version.parse()) {
            (Ok(package), Ok(version)) => Some(Address(Named::Package(package, version))),
            _ => None,
        })
    }

    /// What this names in a registry, where nothing else can be meant.
    ///
    /// # Errors
    ///
    /// [`Error::Address`].
    pub fn expect(text: &str) -> Result<Self> {
        Self::of(text)?.ok_or_else(|| Error::Address {
            text: text.into(),
            why: "it has no version, or is a file".into(),
        })
    }

    /// Whether it is that of one artifact, whatever its tags are.
    pub fn is_by_digest(&self) -> bool {
        matches!(&self.0, Named::Oci(reference) if reference.digest().is_some())
    }

    /// The last word of its name, fit for that of a file.
    pub fn name(&self) -> &str {
        match &self.0 {
            Named::Oci(reference) => {
                let repository = reference.repository();
                repository.rsplit('/').next().unwrap_or(repository)
            }
            Named::Package(package, _) => package.name().as_ref(),
        }
    }
}

/// With a host, which Docker has one of its own for.
fn reference(text: &str) -> Result<Reference, String> {
    let host = text.split('/').next().unwrap_or_default();
    let is_host = host == "localhost" || host.contains(['.', ':']);
    if !is_host || !text.contains('/') {
        return Err("it has no host".into());
    }
    text.parse::<Reference>().map_err(|why| why.to_string())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Named::Oci(reference) => write!(f, "{}{reference}", Self::OCI),
            Named::Package(package, version) => write!(f, "{package}@{version}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_path() {
        let digest = format!(
            "oci://registry.example.com/acme/tool@sha256:{}",
            "ab".repeat(32)
        );
        for (text, name, canonical) in [
            ("oci://registry.example.com/acme/tool:1.2", "tool", None),
            ("oci://127.0.0.1:5000/tool:dev", "tool", None),
            ("oci://localhost/a/b/c:x", "c", None),
            (
                "oci://registry.example.com/acme/tool",
                "tool",
                Some("oci://registry.example.com/acme/tool:latest"),
            ),
            (&digest, "tool", None),
            ("acme:tool@1.2.3", "tool", None),
            ("acme:tool@1.2.3-rc.1+b", "tool", None),
        ] {
            let address = Address::of(text).unwrap().unwrap();
            assert_eq!(address.name(), name, "{text}");
            assert_eq!(address.to_string(), canonical.unwrap_or(text));
            assert_eq!(Address::of(&address.to_string()).unwrap(), Some(address));
        }
        let paths = [
            "tool.wasm",
            "./acme:tool@1.2.3",
            "/a:b@1.0.0",
            "acme:tool",
            "acme:tool@1",
            "a@1.0.0",
            "Acme:tool@1.0.0!",
            "https://registry.example.com/a:1",
            "",
        ];
        for path in paths {
            assert_eq!(Address::of(path).unwrap(), None, "{path}");
        }
        for bad in [
            "oci://",
            "oci://tool:1",
            "oci://acme/tool:1",
            "oci://h.io/Tool",
            "oci://h.io/",
        ] {
            assert!(
                matches!(Address::of(bad), Err(Error::Address { .. })),
                "{bad}"
            );
        }
    }
}

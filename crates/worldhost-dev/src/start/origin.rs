//! Where a world is from.

use crate::error::{Error, Result};
use std::path::Path;

/// Where a world is from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Origin<'a> {
    /// A `.wit` file, a directory of WIT, an encoded package or a component.
    Path(&'a Path),
    /// A package: `ns:name@version`, with or without the version, and `/world` before it.
    Package(&'a str),
}

impl<'a> Origin<'a> {
    /// What is there is a path, and of what is not, a name with a colon is a package.
    pub fn of(text: &'a Path) -> Origin<'a> {
        let name = text
            .to_str()
            .filter(|name| !text.exists() && is_package(name));
        match name {
            Some(name) => Origin::Package(name),
            None => Origin::Path(text),
        }
    }
}

/// `ns:name`, and no letter of a disk.
fn is_package(name: &str) -> bool {
    let plain = |part: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !part.is_empty() && part.chars().all(known)
    };
    let base = name.split('@').next().unwrap_or_default();
    match base.split_once(':') {
        Some((namespace, rest)) => {
            namespace.len() > 1 && plain(namespace) && rest.split('/').all(plain)
        }
        None => false,
    }
}

/// A package, as it was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// `ns:name`.
    pub(super) name: String,
    pub(super) world: Option<String>,
    pub(super) version: Option<String>,
}

impl Wanted {
    pub(super) fn of(text: &str) -> Result<Wanted> {
        let (base, version) = match text.split_once('@') {
            Some((base, version)) => (base, Some(version)),
            None => (text, None),
        };
        let (name, world) = match base.split_once('/') {
            Some((name, world)) => (name, Some(world)),
            None => (base, None),
        };
        if version.is_some_and(|version| semver::Version::parse(version).is_err()) {
            return Err(Error::Fetch {
                package: text.to_string(),
                message: "its version is none; say all three numbers, as in 1.2.0".into(),
            });
        }
        Ok(Wanted {
            name: name.to_string(),
            world: world.map(String::from),
            version: version.map(String::from),
        })
    }

    /// `ns:name@version`, as far as it was said.
    pub(super) fn package(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{version}", self.name),
            None => self.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_told_from_a_path() {
        for name in ["wasi:http@0.2.12", "acme:kv", "acme:kv/host@1.0.0-rc.1"] {
            assert!(is_package(name), "{name}");
        }
        for name in ["wit", "C:wit", "./a:b", "a.wasm", "a b:c", ":", "ns:"] {
            assert!(!is_package(name), "{name}");
        }
    }

    #[test]
    fn a_world_and_a_version_may_be_named() {
        let wanted = Wanted::of("acme:kv/host@1.0.0").unwrap();
        assert_eq!(wanted.package(), "acme:kv@1.0.0");
        assert_eq!(wanted.world.as_deref(), Some("host"));
        assert_eq!(Wanted::of("acme:kv").unwrap().package(), "acme:kv");
        assert!(Wanted::of("acme:kv@1").is_err());
    }
}

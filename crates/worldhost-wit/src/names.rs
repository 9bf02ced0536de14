//! The names that components have inside: of interfaces, `wasi:io/poll@0.2.12`, and of
//! the items in them, `[method]pollable.block`.

use semver::Version;
use std::cmp::Ordering;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// The name of an interface, or of a world: `wasi:io/poll@0.2.12`.
///
/// Every text is a name: one of another form, such as the bare `poll` of a world's own
/// item, is all base and has no version.
#[derive(Clone, Debug)]
pub struct InterfaceName {
    text: String,
    /// Where the version begins, with its `@`.
    at: usize,
    version: Option<Version>,
}

impl InterfaceName {
    /// Takes a name apart.
    pub fn parse(name: impl Into<String>) -> Self {
        let text = name.into();
        let (at, version) = match text.split_once('@') {
            Some((base, version)) => (base.len(), Version::parse(version).ok()),
            None => (text.len(), None),
        };
        InterfaceName { text, at, version }
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Without the version: `wasi:io/poll`.
    pub fn base(&self) -> &str {
        &self.text[..self.at]
    }

    /// The package: `wasi:io`. None in a name that has none.
    pub fn package(&self) -> Option<&str> {
        Some(self.base().split_once('/')?.0)
    }

    /// The package's namespace: `wasi`. None in a name that has none.
    pub fn namespace(&self) -> Option<&str> {
        Some(self.package()?.split_once(':')?.0)
    }

    /// The interface alone: `poll`. All of the base in a name without a package.
    pub fn interface(&self) -> &str {
        let base = self.base();
        base.split_once('/')
            .map_or(base, |(_, interface)| interface)
    }

    /// The version, of a name that has one.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Whether the package is one of WASI's.
    pub fn is_wasi(&self) -> bool {
        self.text.starts_with("wasi:")
    }

    /// Whether an interface of one name stands in for one of the other, by the linker's
    /// rules: `a:b/c@0.2.1` and `a:b/c@0.2.7` are the same interface, `@0.3.0` is
    /// another, and a pre-release is like no other.
    pub fn compatible(&self, other: &InterfaceName) -> bool {
        let versions = || match (&self.version, &other.version) {
            (Some(a), Some(b)) => compatible(a, b),
            _ => false,
        };
        self.text == other.text || (self.base() == other.base() && versions())
    }
}

impl PartialEq for InterfaceName {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for InterfaceName {}

impl Hash for InterfaceName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// By base, then by version.
impl Ord for InterfaceName {
    fn cmp(&self, other: &Self) -> Ordering {
        let bases = self.base().cmp(other.base());
        bases
            .then_with(|| self.version.cmp(&other.version))
            .then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for InterfaceName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&str> for InterfaceName {
    fn from(name: &str) -> Self {
        InterfaceName::parse(name)
    }
}

impl From<String> for InterfaceName {
    fn from(name: String) -> Self {
        InterfaceName::parse(name)
    }
}

impl FromStr for InterfaceName {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(InterfaceName::parse(name))
    }
}

/// Whether versions stand in for each other, by the linker's rules.
pub(crate) fn compatible(a: &Version, b: &Version) -> bool {
    a == b || track(a).is_some_and(|t| Some(t) == track(b))
}

/// The numbers that compatible versions share.
fn track(version: &Version) -> Option<(u64, u64)> {
    match (version.major, version.minor) {
        _ if !version.pre.is_empty() => None,
        (0, 0) => None,
        (0, minor) => Some((0, minor)),
        (major, _) => Some((major, 0)),
    }
}

/// Which of `offered` to build against instead of `wanted`: its own release, or the
/// latest.
pub fn closest<'a>(wanted: &Version, offered: &'a [Version]) -> Option<&'a Version> {
    let same = |v: &&Version| (v.major, v.minor) == (wanted.major, wanted.minor);
    offered.iter().filter(same).max().or(offered.iter().max())
}

/// The name of a function or type in an interface: `[method]pollable.block`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ItemName<'a> {
    text: &'a str,
    /// What stands in brackets.
    mark: Option<&'a str>,
    plain: &'a str,
}

/// What an item's name says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ItemKind {
    /// A function, or a type.
    Plain,
    /// Makes a resource.
    Constructor,
    /// A function of one handle to a resource.
    Method,
    /// A function of a resource as such.
    Static,
    /// Something that this version does not know.
    Other,
}

impl<'a> ItemName<'a> {
    /// Takes a name apart.
    pub fn parse(name: &'a str) -> Self {
        let marked = name.strip_prefix('[').and_then(|n| n.split_once(']'));
        let (mark, plain) = match marked {
            Some((mark, plain)) => (Some(mark), plain),
            None => (None, name),
        };
        ItemName {
            text: name,
            mark,
            plain,
        }
    }

    /// All of it.
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// What it is.
    pub fn kind(&self) -> ItemKind {
        match self.mark {
            None | Some("async") => ItemKind::Plain,
            Some("constructor") => ItemKind::Constructor,
            Some("method" | "async method") => ItemKind::Method,
            Some("static" | "async static") => ItemKind::Static,
            Some(_) => ItemKind::Other,
        }
    }

    /// The resource that it belongs to: `pollable`.
    pub fn resource(&self) -> Option<&'a str> {
        match self.kind() {
            ItemKind::Constructor => Some(self.plain),
            _ => self.mark.and_then(|_| Some(self.plain.split_once('.')?.0)),
        }
    }

    /// Without the mark: `pollable.block`. A constructor has the resource's name.
    pub fn plain(&self) -> &'a str {
        self.plain
    }

    /// The path in its interface: `pollable.block`, `pollable.constructor`.
    pub fn path(&self) -> String {
        match self.kind() {
            ItemKind::Constructor => format!("{}.constructor", self.plain),
            _ => self.plain.to_string(),
        }
    }
}

impl fmt::Display for ItemName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_s_name_has_its_parts() {
        let name = InterfaceName::parse("wasi:io/poll@0.2.12");
        assert_eq!(name.base(), "wasi:io/poll");
        assert_eq!(name.package(), Some("wasi:io"));
        assert_eq!(name.namespace(), Some("wasi"));
        assert_eq!(name.interface(), "poll");
        assert_eq!(name.version(), Some(&Version::new(0, 2, 12)));
        assert!(name.is_wasi());
        assert_eq!(name.to_string(), "wasi:io/poll@0.2.12");
        for odd in ["poll", "a@b@c", "url=<http://x/y>", "", "a:b/c@latest"] {
            let name = InterfaceName::parse(odd);
            assert_eq!((name.as_str(), name.version()), (odd, None));
        }
        assert_eq!(InterfaceName::parse("poll").interface(), "poll");
        assert_eq!(InterfaceName::parse("poll").package(), None);
    }

    #[test]
    fn versions_are_ordered_as_numbers() {
        let mut names = ["a:b/c@0.2.12", "a:b/c@0.2.9", "a:a/z@1.0.0"].map(InterfaceName::parse);
        names.sort();
        assert_eq!(
            names.map(|name| name.to_string()),
            ["a:a/z@1.0.0", "a:b/c@0.2.9", "a:b/c@0.2.12"]
        );
    }

    #[test]
    fn versions_are_compatible_as_the_linker_has_them() {
        for (a, b, expected) in [
            ("a:b/c@0.2.1", "a:b/c@0.2.12", true),
            ("a:b/c@0.2.1", "a:b/c@0.3.0", false),
            ("a:b/c@1.0.0", "a:b/c@1.9.0", true),
            ("a:b/c@0.0.1", "a:b/c@0.0.2", false),
            ("a:b/c@0.2.0-rc", "a:b/c@0.2.0", false),
            ("a:b/c@0.2.0-rc", "a:b/c@0.2.0-rc", true),
            ("a:b/c", "a:b/c@0.2.0", false),
            ("a:b/c@0.2.1", "a:b/d@0.2.1", false),
        ] {
            let (x, y) = (InterfaceName::parse(a), InterfaceName::parse(b));
            assert_eq!(x.compatible(&y), expected, "{a} {b}");
        }
    }

    #[test]
    fn the_closest_version_is_of_the_same_release_or_the_latest() {
        let offered = ["0.2.12", "0.3.0"].map(|v| Version::parse(v).unwrap());
        for (wanted, expected) in [
            ("0.2.0-rc-2023-12-05", "0.2.12"),
            ("0.3.0-rc-2026-01-01", "0.3.0"),
            ("0.4.0", "0.3.0"),
        ] {
            let wanted = Version::parse(wanted).unwrap();
            assert_eq!(closest(&wanted, &offered).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn an_item_s_name_has_its_parts() {
        for (name, kind, resource, plain, path) in [
            ("log", ItemKind::Plain, None, "log", "log"),
            ("[async]log", ItemKind::Plain, None, "log", "log"),
            ("[method]a.b", ItemKind::Method, Some("a"), "a.b", "a.b"),
            ("[static]a.b", ItemKind::Static, Some("a"), "a.b", "a.b"),
            (
                "[constructor]a",
                ItemKind::Constructor,
                Some("a"),
                "a",
                "a.constructor",
            ),
            ("[drop]a", ItemKind::Other, None, "a", "a"),
        ] {
            let item = ItemName::parse(name);
            assert_eq!(item.kind(), kind, "{name}");
            assert_eq!(item.resource(), resource, "{name}");
            assert_eq!((item.plain(), item.path().as_str()), (plain, path));
            assert_eq!(item.to_string(), name);
        }
    }
}

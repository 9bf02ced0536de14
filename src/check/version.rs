//! Names with versions, by the linker's rules: `a:b/c@0.2.1` and `a:b/c@0.2.7`
//! are the same interface, `@0.3.0` is another, and a pre-release is like no other.

use semver::Version;

/// `a:b/c` and its version.
pub(super) fn split(name: &str) -> (&str, Option<Version>) {
    match name.split_once('@') {
        Some((base, version)) => (base, Version::parse(version).ok()),
        None => (name, None),
    }
}

/// Whether an interface of one name stands in for one of the other.
pub(super) fn compatible(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    match (split(a), split(b)) {
        ((a, Some(x)), (b, Some(y))) => a == b && track(&x).is_some_and(|t| Some(t) == track(&y)),
        _ => false,
    }
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

/// Which of `offered` to build against instead of `wanted`: its own release, or
/// the latest.
pub(super) fn closest<'a>(wanted: &Version, offered: &'a [Version]) -> Option<&'a Version> {
    let same = |v: &&Version| (v.major, v.minor) == (wanted.major, wanted.minor);
    offered.iter().filter(same).max().or(offered.iter().max())
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(compatible(a, b), expected, "{a} {b}");
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
}

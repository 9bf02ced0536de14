//! The digests of WASI's releases, as they are in `wasi.dev`.

/// The registry of WASI.
pub(crate) const REGISTRY: &str = "wasi.dev";

/// On each line a package and its digest.
const DIGESTS: &str = include_str!("released.txt");

/// The digest of a package, if it is known.
pub(crate) fn digest(name: &str, version: Option<&str>) -> Option<String> {
    let wanted = format!("{name}@{}", version?);
    let mut known = DIGESTS.lines().filter_map(|line| line.split_once(' '));
    let found = known.find(|(package, _)| *package == wanted);
    found.map(|(_, digest)| digest.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::vendored::Deps;
    use crate::verify::wkg::candidates;
    use std::path::Path;

    /// The encoder of today makes the bytes that were released from the text that this
    /// host carries.
    #[test]
    fn every_release_is_made_again() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../worldhost-wit/wasi");
        let deps = Deps::read(&[dir], std::iter::empty()).unwrap();
        let known = DIGESTS.lines().count();
        assert_eq!(deps.packages.len(), known, "{:?}", deps.unreadable);
        for vendored in &deps.packages {
            let known = digest(&vendored.name, vendored.version.as_deref()).unwrap();
            let mut made = candidates(deps.package(vendored));
            assert!(
                made.any(|(digest, _)| digest == known),
                "{}",
                vendored.full()
            );
        }
    }
}

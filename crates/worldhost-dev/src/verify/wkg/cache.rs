//! wkg's cache: the packages that it fetched on this machine, each in a file whose name is
//! its digest.

use super::publisher::digest;
use etcetera::BaseStrategy;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// The most bytes of a package that are read: a hundred times the largest of WASI.
const MOST: u64 = 8 << 20;

/// The directory of the cache.
pub(in crate::verify) struct Cache(Option<PathBuf>);

impl Cache {
    /// Where wkg has it.
    pub(in crate::verify) fn of_wkg() -> Cache {
        let named = std::env::var_os("WKG_CACHE_DIR").map(PathBuf::from);
        let usual = || {
            let strategy = etcetera::choose_base_strategy().ok()?;
            Some(strategy.cache_dir().join("wasm-pkg"))
        };
        Cache(named.or_else(usual))
    }

    /// The package of a digest, if it is there and is what its name says.
    pub(in crate::verify) fn package(&self, wanted: &str) -> Option<Vec<u8>> {
        let is_name = wanted
            .strip_prefix("sha256:")
            .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if !is_name {
            return None;
        }
        let file = File::open(self.0.as_ref()?.join(wanted)).ok()?;
        let mut bytes = Vec::new();
        file.take(MOST).read_to_end(&mut bytes).ok()?;
        (digest(&bytes) == wanted).then_some(bytes)
    }
}

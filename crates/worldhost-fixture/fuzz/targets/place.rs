//! A directory of a target's own.

use std::path::PathBuf;

pub struct Place(PathBuf);

impl Place {
    /// Cargo has a place for what its tests leave behind.
    pub fn new(target: &str) -> Self {
        let place = option_env!("CARGO_TARGET_TMPDIR").map(PathBuf::from);
        let place = place.unwrap_or_else(std::env::temp_dir);
        let dir = place.join(format!("worldhost-{target}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        Place(dir)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

//! What some tests need and not every machine has.
//!
//! Such a test is in a module that is named after its need, as `needs_wkg`, and
//! `#[ignore]`d with how to get it. Asked for with `--ignored` where the need is not
//! met, it fails; `.ci/run` leaves out by name what cannot be had, and says so.

use std::path::PathBuf;

/// A guest that `scripts/build-guests.sh` builds on demand.
#[track_caller]
pub fn on_demand(name: &str) -> PathBuf {
    let path = built(name);
    assert!(
        path.exists(),
        "needs {name}: run scripts/build-guests.sh {name}"
    );
    path
}

/// Where such a guest is once it is built.
pub fn built(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let guests = super::root().join(target).join("guests");
    guests.join(format!("{name}.wasm"))
}

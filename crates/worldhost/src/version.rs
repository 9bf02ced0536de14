//! The versions that this build speaks.

/// The version of Wasmtime in this build.
pub const WASMTIME: &str = env!("WORLDHOST_WASMTIME");

/// The WASI 0.2 release that the linked interfaces are of. A component built
/// against any other 0.2 release links as long as it uses nothing newer.
pub const WASI_P2: &str = "0.2.12";

/// The WASI 0.3 release that the linked interfaces are of.
pub const WASI_P3: &str = "0.3.0";

/// How the versions begin that link with those.
const P2: &str = "0.2.";
const P3: &str = "0.3.";

/// Whether an interface with its version is of WASI 0.3, if it is of WASI.
pub(crate) fn is_p3(interface: &str) -> bool {
    let version = interface.split_once('@').map(|(_, version)| version);
    version.is_some_and(|version| version.starts_with(P3))
}

/// A WASI that this build speaks. In the order of preference: beside a `run` of 0.3, what
/// a toolchain leaves of 0.2 is a stub that traps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Wasi {
    /// WASI 0.3.
    #[cfg(feature = "p3")]
    P3,
    /// WASI 0.2.
    P2,
}

impl Wasi {
    /// The WASI of an export, if that is `wasi:cli/run`.
    pub fn of_run(export: &str) -> Option<Self> {
        let version = export.strip_prefix("wasi:cli/run@")?;
        match () {
            #[cfg(feature = "p3")]
            () if version.starts_with(P3) => Some(Wasi::P3),
            () if version.starts_with(P2) => Some(Wasi::P2),
            () => None,
        }
    }

    /// The release that is linked, such as `0.2.12`.
    pub fn release(self) -> &'static str {
        match self {
            #[cfg(feature = "p3")]
            Wasi::P3 => WASI_P3,
            Wasi::P2 => WASI_P2,
        }
    }
}

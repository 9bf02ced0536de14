//! The versions that this build speaks.

use std::cmp::Reverse;

/// The version of Wasmtime in this build.
pub const WASMTIME: &str = env!("WORLDHOST_WASMTIME");

/// The WASI 0.2 release that the linked interfaces are of. A component built
/// against any other 0.2 release links as long as it uses nothing newer.
pub const WASI_P2: &str = "0.2.12";

/// The WASI 0.3 release that the linked interfaces are of.
pub const WASI_P3: &str = "0.3.0";

/// How the versions begin that link with it.
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
    /// The WASI of an export, if that is a `wasi:cli/run` that can be run: of a release, for
    /// a release candidate is of no WASI but its own.
    pub fn of_run(export: &str) -> Option<Self> {
        run(export).map(|(wasi, _)| wasi)
    }

    /// The one of a component's exports that is run, and its WASI. Of several of one WASI
    /// it is that of the linked release, or the latest, as Wasmtime has it.
    pub fn choose_run<'a>(exports: &[&'a str]) -> Option<(Self, &'a str)> {
        choose(exports, run)
    }

    /// The WASI of an export, if that is a handler of HTTP requests of a release:
    /// `wasi:http/incoming-handler` of WASI 0.2, or `wasi:http/handler` of 0.3.
    pub fn of_handler(export: &str) -> Option<Self> {
        handler(export).map(|(wasi, _)| wasi)
    }

    /// The one of a component's exports that is served, and its WASI: by the rules of
    /// [`Wasi::choose_run`].
    pub fn choose_handler<'a>(exports: &[&'a str]) -> Option<(Self, &'a str)> {
        choose(exports, handler)
    }

    /// Which of them a version is of, or is a candidate for.
    pub fn like(major: u64, minor: u64) -> Option<Self> {
        match (major, minor) {
            #[cfg(feature = "p3")]
            (0, 3) => Some(Wasi::P3),
            (0, 2) => Some(Wasi::P2),
            _ => None,
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

/// Of several exports the one that is meant; `of` tells the WASI of one and the last number
/// of its version.
fn choose<'a>(
    exports: &[&'a str],
    of: impl Fn(&str) -> Option<(Wasi, u64)>,
) -> Option<(Wasi, &'a str)> {
    let found = exports.iter().filter_map(|export| {
        let (wasi, patch) = of(export)?;
        let linked = export.ends_with(&format!("@{}", wasi.release()));
        Some((wasi, Reverse((linked, patch)), *export))
    });
    found.min().map(|(wasi, _, export)| (wasi, export))
}

/// The WASI of a handler of HTTP requests, and the last number of its version.
fn handler(export: &str) -> Option<(Wasi, u64)> {
    let (name, version) = export.split_once('@')?;
    let (wasi, patch) = release(version)?;
    let interface = match wasi {
        #[cfg(feature = "p3")]
        Wasi::P3 => "wasi:http/handler",
        Wasi::P2 => "wasi:http/incoming-handler",
    };
    (name == interface).then_some((wasi, patch))
}

/// The WASI of a `wasi:cli/run`, and the last number of its version.
fn run(export: &str) -> Option<(Wasi, u64)> {
    release(export.strip_prefix("wasi:cli/run@")?)
}

/// The WASI that a release is of, and the last number of its version.
fn release(version: &str) -> Option<(Wasi, u64)> {
    let (version, _) = version.split_once('+').unwrap_or((version, ""));
    let mut numbers = version.split('.').map(|number| number.parse::<u64>().ok());
    let (major, minor, patch) = (numbers.next()??, numbers.next()??, numbers.next()??);
    Some((Wasi::like(major, minor)?, patch))
}

/// Whether an import of WASI is of a release that the linked one stands in for: then it is
/// not for its version that it is not there.
pub(crate) fn is_linked(import: &str) -> bool {
    let of = import
        .split_once('@')
        .and_then(|(_, version)| release(version));
    of.is_some_and(|(wasi, patch)| {
        release(wasi.release()).is_some_and(|(_, linked)| patch <= linked)
    })
}

/// The feature that an interface of WASI is behind, if it is unstable and the linked
/// Wasmtime does not provide it.
pub fn unstable(import: &str) -> Option<&'static str> {
    let name = import.split_once('@').map_or(import, |(name, _)| name);
    (name == "wasi:clocks/timezone").then_some("clocks-timezone")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_candidate_is_not_the_release() {
        for candidate in [
            "0.2.0-rc-2023-11-10",
            "0.3.0-rc-2026-01-06",
            "0.4.0",
            "",
            "0.2",
        ] {
            let export = format!("wasi:cli/run@{candidate}");
            assert_eq!(Wasi::of_run(&export), None, "{export}");
        }
        assert_eq!(Wasi::of_run("wasi:cli/run@0.2.0+build"), Some(Wasi::P2));
        assert_eq!(Wasi::of_run("wasi:cli/run@0.2.99"), Some(Wasi::P2));
    }

    #[test]
    fn one_of_several_runs_is_meant() {
        let choose = |versions: &[&str]| {
            let exports: Vec<String> = versions
                .iter()
                .map(|v| format!("wasi:cli/run@{v}"))
                .collect();
            let exports: Vec<&str> = exports.iter().map(String::as_str).collect();
            let chosen = Wasi::choose_run(&exports);
            chosen.map(|(_, export)| export.strip_prefix("wasi:cli/run@").unwrap().to_string())
        };
        let is = |versions: &[&str], chosen: &str| {
            assert_eq!(choose(versions).as_deref(), Some(chosen));
        };
        is(&["0.2.0", "0.2.10", "0.2.6"], "0.2.10");
        is(&["0.2.99", WASI_P2, "0.2.0"], WASI_P2);
        is(&["0.2.0-rc-2023-11-10", "0.2.1"], "0.2.1");
        #[cfg(feature = "p3")]
        is(&["0.2.12", "0.3.0"], "0.3.0");
        assert_eq!(choose(&["0.2.0-rc-2023-11-10"]), None);
    }

    #[test]
    fn a_handler_has_another_name_in_each_wasi() {
        let of = Wasi::of_handler;
        assert_eq!(of("wasi:http/incoming-handler@0.2.3"), Some(Wasi::P2));
        assert_eq!(of("wasi:http/handler@0.2.3"), None);
        assert_eq!(of("wasi:http/incoming-handler@0.2.0-rc-2023-11-10"), None);
        #[cfg(feature = "p3")]
        {
            assert_eq!(of("wasi:http/handler@0.3.0"), Some(Wasi::P3));
            assert_eq!(of("wasi:http/incoming-handler@0.3.0"), None);
            let both = [
                "wasi:http/incoming-handler@0.2.3",
                "wasi:http/handler@0.3.0",
            ];
            assert_eq!(Wasi::choose_handler(&both), Some((Wasi::P3, both[1])));
        }
    }
}

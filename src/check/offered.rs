//! What a host offers, as WIT: the text beside which a misfit is shown.

use super::report::Remedy;
use super::version::{closest, compatible, split};
use crate::nearest::nearest;
use semver::Version;
use wit_parser::{Interface, InterfaceId, Resolve, Span};

#[derive(Clone, Copy)]
pub(super) struct Offered<'a> {
    pub resolve: &'a Resolve,
}

impl<'a> Offered<'a> {
    /// The names of all interfaces, with versions.
    pub fn names(&self) -> impl Iterator<Item = String> + 'a {
        let resolve = self.resolve;
        resolve
            .interfaces
            .iter()
            .filter_map(|(id, _)| resolve.id_of(id))
    }

    /// The interface that stands in for the one of this name, and its own name.
    pub fn interface(&self, wanted: &str) -> Option<(String, &'a Interface)> {
        let named = |(id, interface): (InterfaceId, &'a Interface)| {
            self.resolve.id_of(id).map(|name| (name, interface))
        };
        let mut found: Vec<_> = self
            .resolve
            .interfaces
            .iter()
            .filter_map(named)
            .filter(|(name, _)| compatible(wanted, name))
            .collect();
        found.sort_by_key(|(name, _)| (name == wanted, split(name).1));
        found.pop()
    }

    /// The versions of the interface `base` that `provides` says are there.
    pub fn versions(&self, base: &str, provides: impl Fn(&str) -> bool) -> Vec<Version> {
        let mut versions: Vec<Version> = self
            .names()
            .filter(|name| split(name).0 == base && provides(name))
            .filter_map(|name| split(&name).1)
            .collect();
        versions.sort();
        versions.dedup();
        versions
    }

    /// What to do about an interface in the wrong version.
    pub fn other_version(wanted: &str, versions: &[Version]) -> Option<Remedy> {
        let (base, version) = split(wanted);
        let closest = closest(&version?, versions)?;
        Some(build(base, closest))
    }

    /// What to do about something that the interface here has not, or has
    /// otherwise: WASI is as it is, and this project's WIT can be changed.
    pub fn other_type(
        &self,
        interface: &str,
        span: Span,
        item: &str,
        names: impl IntoIterator<Item = String>,
    ) -> Remedy {
        match split(interface) {
            (base, Some(version)) if base.starts_with("wasi:") => build(base, &version),
            _ => Remedy::Wit {
                at: self.place(span, interface),
                nearest: nearest(item, names),
            },
        }
    }

    /// Where in the WIT something is.
    pub fn place(&self, span: Span, name: &str) -> String {
        match span.is_known() {
            true => self.resolve.render_location(span),
            false => name.to_string(),
        }
    }
}

fn build(base: &str, version: &Version) -> Remedy {
    let package = base.split('/').next().unwrap_or(base);
    Remedy::Build {
        package: match package.starts_with("wasi:") {
            true => "WASI".to_string(),
            false => package.to_string(),
        },
        version: version.to_string(),
    }
}

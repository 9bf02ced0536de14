//! What a host offers, as WIT: the text beside which a misfit is shown.

use crate::report::Remedy;
use semver::Version;
use wit_parser::{Interface, Resolve, Span, Stability};
use worldhost::Unstable;
use worldhost_wit::{InterfaceName, Offer, closest, nearest};

/// The interface that stands in for the one of this name, and its own name.
pub(crate) fn interface<'a>(
    offer: &'a Offer,
    wanted: &InterfaceName,
) -> Option<(InterfaceName, &'a Interface)> {
    let resolve = offer.resolve();
    let found = resolve.interfaces.iter().filter_map(|(id, interface)| {
        let name = InterfaceName::from(resolve.id_of(id)?);
        name.compatible(wanted).then_some((name, interface))
    });
    // The very name before one of a compatible version.
    found.max_by_key(|(name, _)| (name == wanted, name.version().cloned()))
}

/// What to do about an interface in the wrong version.
pub(crate) fn other_version(wanted: &InterfaceName, versions: &[Version]) -> Option<Remedy> {
    let closest = closest(wanted.version()?, versions)?;
    Some(build(wanted, closest))
}

/// What to do about something that the interface here has not, or has otherwise: WASI
/// is as it is, and this project's WIT can be changed.
pub(crate) fn other_type(
    offer: &Offer,
    interface: &InterfaceName,
    span: Span,
    item: &str,
    names: impl IntoIterator<Item = String>,
) -> Remedy {
    match interface.version() {
        Some(version) if interface.is_wasi() => build(interface, version),
        _ => Remedy::Wit {
            at: place(offer.resolve(), span, interface.as_str()),
            nearest: nearest(item, names),
        },
    }
}

/// What to do about something that is missing and that WASI marks as unstable.
pub(crate) fn unstable(interface: &InterfaceName, stability: &Stability) -> Option<Remedy> {
    match stability {
        Stability::Unstable { feature, .. } if interface.is_wasi() => Some(Remedy::Unstable {
            feature: feature.clone(),
            optional: Unstable::FEATURES.contains(&feature.as_str()),
        }),
        _ => None,
    }
}

/// Where in the WIT something is.
pub(crate) fn place(resolve: &Resolve, span: Span, name: &str) -> String {
    match span.is_known() {
        true => resolve.render_location(span),
        false => name.to_string(),
    }
}

fn build(interface: &InterfaceName, version: &Version) -> Remedy {
    let package = match interface.is_wasi() {
        true => "WASI",
        false => interface.package().unwrap_or(interface.base()),
    };
    Remedy::Build {
        package: package.to_string(),
        version: version.to_string(),
    }
}

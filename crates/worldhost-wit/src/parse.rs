//! WIT text parsed, and what the parser says against it.

use crate::error::{Error, Result};
use wit_parser::{
    PackageId, ParseError, Resolve, ResolveError, ResolveErrorKind, SourceMap,
    UnresolvedPackageGroup,
};

/// As `bindgen!` reads it: `@unstable` items are there.
pub(crate) fn everything() -> Resolve {
    Resolve {
        all_features: true,
        ..Resolve::default()
    }
}

/// The parser's error with its file, line and caret, without the layers around
/// it that only repeat the path.
pub(crate) fn parse_error<'a>(
    map: &SourceMap,
    chain: impl Iterator<Item = &'a (dyn std::error::Error + 'static)>,
) -> Error {
    let mut layers = Vec::new();
    for layer in chain {
        if let Some(error) = layer.downcast_ref::<ParseError>() {
            return syntax(error.render(map));
        }
        if let Some(error) = layer.downcast_ref::<ResolveError>() {
            return resolve_error(map, error);
        }
        layers.push(layer.to_string());
    }
    syntax(layers.join(": "))
}

pub(crate) fn syntax(message: String) -> Error {
    Error::Parse {
        message,
        missing: None,
        other_versions: Vec::new(),
    }
}

fn resolve_error(map: &SourceMap, error: &ResolveError) -> Error {
    let (missing, other_versions) = match error.kind() {
        ResolveErrorKind::PackageNotFound {
            requested, known, ..
        } => (
            Some(requested.to_string()),
            known
                .iter()
                .filter(|p| p.namespace == requested.namespace && p.name == requested.name)
                .map(ToString::to_string)
                .collect(),
        ),
        _ => (None, Vec::new()),
    };
    Error::Parse {
        message: error.render(map),
        missing,
        other_versions,
    }
}

/// Adds packages that were parsed, and gives the first.
pub(crate) fn push(
    resolve: &mut Resolve,
    main: UnresolvedPackageGroup,
    others: Vec<UnresolvedPackageGroup>,
) -> Result<PackageId> {
    resolve.push_groups(main, others).map_err(|error| {
        let error: &(dyn std::error::Error + 'static) = &error;
        parse_error(&resolve.source_map, [error].into_iter())
    })
}

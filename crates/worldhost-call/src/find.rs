//! Which function a name means.

use crate::export::Callable;
use crate::quote::short;

/// Why a name means none.
pub(crate) struct NotFound {
    pub message: String,
    /// Whole names of functions that may have been meant.
    pub nearest: Vec<String>,
}

/// The function that a name means.
pub(crate) struct Found<'a> {
    pub callable: &'a Callable,
    /// The same function in older versions of the interface.
    pub older: Vec<&'a Callable>,
}

/// Finds `NAME` or `INTERFACE#NAME`; the interface with or without its package
/// and version. Of several versions of one interface, the newest is meant.
pub(crate) fn find<'a>(callables: &'a [Callable], name: &str) -> Result<Found<'a>, NotFound> {
    let (interface, function) = match name.rsplit_once('#') {
        Some((interface, function)) => (Some(interface), function),
        None => (None, name),
    };
    let found: Vec<&Callable> = callables
        .iter()
        .filter(|callable| interface.is_none_or(|name| is_interface(callable, name)))
        .filter(|callable| is_function(callable, function))
        .collect();
    // A static function may be called `new` as well; it was asked for by its name.
    let exact = found
        .iter()
        .find(|c| c.name.ends_with(&format!("]{function}")));
    let only = |callable| Found {
        callable,
        older: Vec::new(),
    };
    match (found.as_slice(), exact) {
        ([one], _) => Ok(only(*one)),
        ([], _) => Err(NotFound {
            message: format!("the component exports no function `{}`", short(name)),
            nearest: like(callables, function),
        }),
        (several, Some(exact)) if several.iter().all(|c| c.interface == exact.interface) => {
            Ok(only(exact))
        }
        (several, _) if are_versions(several) => Ok(newest(found)),
        (several, _) => Err(NotFound {
            message: format!("`{name}` is in several interfaces"),
            nearest: several
                .iter()
                .map(|callable| callable.full_name())
                .collect(),
        }),
    }
}

/// Whether they are one function, in an interface that is there in several versions.
fn are_versions(several: &[&Callable]) -> bool {
    let base = |callable: &Callable| callable.bare_interface().map(|(bare, _)| bare.to_string());
    let first = several
        .first()
        .and_then(|first| Some((base(first)?, &first.name)));
    first.is_some_and(|(interface, name)| {
        let is_same = |other: &&Callable| {
            other.name == *name
                && base(other).as_deref() == Some(&interface)
                && version(other).is_some()
        };
        several.iter().all(is_same)
    })
}

fn newest(mut versions: Vec<&Callable>) -> Found<'_> {
    versions.sort_by_key(|callable| std::cmp::Reverse(version(callable)));
    Found {
        callable: versions[0],
        older: versions.split_off(1),
    }
}

/// The version of a function's interface.
fn version(callable: &Callable) -> Option<semver::Version> {
    let (_, version) = callable.interface.as_deref()?.split_once('@')?;
    version.parse().ok()
}

/// The method of one of the resources `names`.
pub(crate) fn method<'a>(
    callables: &'a [Callable],
    resources: &[String],
    method: &str,
) -> Result<&'a Callable, NotFound> {
    let methods = || callables.iter().filter(|c| c.name.starts_with("[method]"));
    let of = |callable: &&Callable, name: &str| {
        resources
            .iter()
            .any(|resource| callable.name == format!("[method]{resource}.{name}"))
    };
    methods()
        .find(|callable| of(callable, method))
        .ok_or_else(|| {
            let theirs = methods().filter(|callable| {
                let spelling = callable.spelling();
                let owner = spelling.split('.').next();
                resources.iter().any(|name| Some(name.as_str()) == owner)
            });
            NotFound {
                message: format!(
                    "{} has no method `{}`",
                    resources.join(" or "),
                    short(method)
                ),
                nearest: theirs.map(|callable| callable.full_name()).collect(),
            }
        })
}

fn is_interface(callable: &Callable, name: &str) -> bool {
    let full = callable.interface.as_deref() == Some(name);
    let bare = callable.bare_interface();
    full || bare.is_some_and(|(bare, last)| name == bare || name == last)
}

fn is_function(callable: &Callable, name: &str) -> bool {
    let constructor = callable.name.strip_prefix("[constructor]");
    name == callable.name || name == callable.spelling() || constructor == Some(name)
}

/// The few functions with a name most like it; all of them when they are few.
fn like(callables: &[Callable], name: &str) -> Vec<String> {
    if callables.len() <= 3 {
        return callables.iter().map(Callable::full_name).collect();
    }
    let mut scored: Vec<(f64, String, &Callable)> = callables
        .iter()
        .map(|callable| (callable.spelling(), callable))
        .filter(|(spelling, _)| spelling != name)
        .map(|(spelling, callable)| (likeness(name, &spelling), spelling, callable))
        .filter(|(score, ..)| *score >= 0.6)
        .collect();
    scored.sort_by(|(a, x, _), (b, y, _)| b.total_cmp(a).then_with(|| x.cmp(y)));
    let names = scored.iter().map(|(.., callable)| callable.full_name());
    names.take(3).collect()
}

/// That of a resource's name or its method's, whichever is less alike; 0 to 1.
fn likeness(a: &str, b: &str) -> f64 {
    let a = a.split_once(']').map_or(a, |(_, name)| name);
    // What is much longer than any name is like none.
    if a.len() > 500 {
        return 0.0;
    }
    if a.split('.').count() != b.split('.').count() {
        return 0.0;
    }
    a.split('.')
        .zip(b.split('.'))
        .map(|(a, b)| strsim::normalized_damerau_levenshtein(a, b))
        .fold(1.0, f64::min)
}

#[cfg(test)]
mod tests {
    use super::likeness;

    #[test]
    fn names_are_compared_part_by_part() {
        assert!(likeness("counter.ad", "counter.add") >= 0.6);
        assert!(likeness("[method]counter.ad", "counter.add") >= 0.6);
        assert!(likeness("counter.add", "counter.sum") < 0.6);
        assert!(likeness("counter", "counter.add") < 0.6);
    }
}

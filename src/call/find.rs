//! Which function a name means.

use super::Callable;
use crate::nearest::nearest;

/// Why a name means none.
pub(super) struct NotFound {
    pub message: String,
    /// Whole names of functions that may have been meant.
    pub nearest: Vec<String>,
}

/// Finds `NAME` or `INTERFACE#NAME`; the interface with or without its package
/// and version.
pub(super) fn find<'a>(callables: &'a [Callable], name: &str) -> Result<&'a Callable, NotFound> {
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
    match (found.as_slice(), exact) {
        ([one], _) => Ok(one),
        ([], _) => Err(NotFound {
            message: format!("the component exports no function `{name}`"),
            nearest: like(callables, function),
        }),
        (several, Some(exact)) if several.iter().all(|c| c.interface == exact.interface) => {
            Ok(exact)
        }
        (several, _) => Err(NotFound {
            message: format!("`{name}` is in several interfaces"),
            nearest: several
                .iter()
                .map(|callable| callable.full_name())
                .collect(),
        }),
    }
}

/// The method of one of the resources `names`.
pub(super) fn method<'a>(
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
                message: format!("{} has no method `{method}`", resources.join(" or ")),
                nearest: theirs.map(|callable| callable.full_name()).collect(),
            }
        })
}

fn is_interface(callable: &Callable, name: &str) -> bool {
    let Some(full) = &callable.interface else {
        return false;
    };
    let bare = full.split('@').next().unwrap_or(full);
    let last = bare.rsplit('/').next().unwrap_or(bare);
    name == full || name == bare || name == last
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
    let spellings = nearest(name, callables.iter().map(Callable::spelling));
    spellings
        .iter()
        .flat_map(|name| callables.iter().filter(move |c| c.spelling() == *name))
        .map(Callable::full_name)
        .take(3)
        .collect()
}

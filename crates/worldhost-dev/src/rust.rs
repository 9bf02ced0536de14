//! The names of WIT as `bindgen!` writes them in Rust.

use heck::{ToSnakeCase, ToUpperCamelCase};
use wit_parser::{InterfaceId, PackageId, PackageName, Resolve, WorldKey};

/// The type that is named after a world: `HttpShop` of `HTTP-shop`.
pub(crate) fn world_type(name: &str) -> String {
    match name {
        "host" => "Host_".into(),
        name => name.to_upper_camel_case(),
    }
}

/// The type that stands for a resource: `HttpConn` of `HTTP-conn`.
pub(crate) fn resource_type(name: &str) -> String {
    name.to_upper_camel_case()
}

/// The module of a package without a version: `["acme", "shop"]`.
pub(crate) fn package(name: &PackageName) -> [String; 2] {
    [name.namespace.to_snake_case(), name.name.to_snake_case()]
}

/// Whether this is the module of an imported interface.
pub(crate) fn is_module(
    module: &[String],
    resolve: &Resolve,
    key: &WorldKey,
    id: InterfaceId,
) -> bool {
    // A keyword has an underscore behind it.
    let is = |module: &str, name: &str| module.trim_end_matches('_') == name.to_snake_case();
    let interface = &resolve.interfaces[id];
    match (module, key) {
        ([module], WorldKey::Name(name)) => is(module, name),
        ([a, b, c], WorldKey::Interface(_)) => match (&interface.name, interface.package) {
            (Some(name), Some(package)) => {
                let namespace = &resolve.packages[package].name.namespace;
                *a == namespace.to_snake_case() && *b == versioned(resolve, package) && is(c, name)
            }
            _ => false,
        },
        _ => false,
    }
}

/// The module of a package, with its version where there are several.
fn versioned(resolve: &Resolve, id: PackageId) -> String {
    let name = &resolve.packages[id].name;
    let base = name.name.to_snake_case();
    let packages = resolve.packages.iter();
    let same = packages.filter(|(_, other)| package(&other.name) == package(name));
    match &name.version {
        Some(version) if same.count() > 1 => {
            let version = version.to_string().replace(['.', '-', '+'], "_");
            base + &version.to_snake_case()
        }
        _ => base,
    }
}

/// Whether a name is in the text as a whole word.
pub(crate) fn has_word(text: &str, name: &str) -> bool {
    words(text, name).next().is_some()
}

/// Where a name, or a path of names, is in the text as a whole.
pub(crate) fn words<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let open = part(name.chars().next_back());
    let places = text.match_indices(name).map(|(at, _)| at);
    places.filter(move |at| {
        let after = text[at + name.len()..].chars().next();
        !(part(text[..*at].chars().next_back()) || open && part(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_words_as_bindgen_has_them() {
        assert_eq!(world_type("HTTP-shop"), "HttpShop");
        assert_eq!(world_type("host"), "Host_");
        assert_eq!(resource_type("HTTP-conn"), "HttpConn");
    }

    #[test]
    fn a_word_is_no_part_of_another() {
        assert!(has_word("fn call_run()", "call_run"));
        assert!(!has_word("fn call_runs()", "call_run"));
        assert_eq!(words("a::b, x::a::bc, a::b::c", "a::b").count(), 2);
    }
}

//! The names of WIT as `bindgen!` writes them in Rust.

use heck::{ToSnakeCase, ToUpperCamelCase};
use wit_parser::{InterfaceId, PackageId, PackageName, Resolve, WorldKey};
use worldhost_wit::Side;

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

/// The module of an interface of the world.
pub(crate) fn module(
    resolve: &Resolve,
    side: Side,
    key: &WorldKey,
    id: InterfaceId,
) -> Vec<String> {
    let interface = &resolve.interfaces[id];
    let exports = (side == Side::Export).then(|| "exports".to_string());
    let path = match (key, &interface.name, interface.package) {
        // What is imported under a name of its own has the module of its interface.
        (WorldKey::Name(name), own, _) if own.is_none() || side == Side::Export => {
            vec![ident(&name.to_snake_case())]
        }
        (_, Some(name), Some(package)) => {
            let namespace = resolve.packages[package].name.namespace.to_snake_case();
            vec![namespace, versioned(resolve, package), ident(name)]
        }
        _ => Vec::new(),
    };
    exports.into_iter().chain(path).collect()
}

/// Words that Rust keeps to itself beside those that are in use.
const RESERVED: [&str; 14] = [
    "abstract", "become", "box", "do", "final", "macro", "override", "priv", "typeof", "unsized",
    "virtual", "yield", "try", "gen",
];

/// A name as the generator has it, with an underscore behind one that is a word of Rust's.
pub(crate) fn ident(name: &str) -> String {
    let word = name.chars().all(|c| c.is_ascii_lowercase());
    let keyword = word && syn::parse_str::<syn::Ident>(name).is_err();
    match keyword || RESERVED.contains(&name) {
        true => format!("{name}_"),
        false => name.to_snake_case(),
    }
}

/// The module of a package, with its version where there are several.
fn versioned(resolve: &Resolve, id: PackageId) -> String {
    let name = &resolve.packages[id].name;
    let base = name.name.to_snake_case();
    let packages = resolve.packages.iter();
    let is_same =
        |other: &PackageName| (&other.namespace, &other.name) == (&name.namespace, &name.name);
    let same = packages.filter(|(_, other)| is_same(&other.name));
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
    fn words_of_rust_get_an_underscore() {
        for (name, expected) in [
            ("type", "type_"),
            ("crate", "crate_"),
            ("gen", "gen_"),
            ("mod", "mod_"),
            ("package", "package"),
            ("HTTP-conn", "http_conn"),
            ("some-type", "some_type"),
            ("union", "union"),
        ] {
            assert_eq!(ident(name), expected);
        }
    }

    #[test]
    fn a_word_is_no_part_of_another() {
        assert!(has_word("fn call_run()", "call_run"));
        assert!(!has_word("fn call_runs()", "call_run"));
        assert_eq!(words("a::b, x::a::bc, a::b::c", "a::b").count(), 2);
    }
}

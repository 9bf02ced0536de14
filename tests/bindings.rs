//! The generated bindings: only this project's own interfaces have traits to
//! implement.

use syn::{Item, ItemMod};

/// What `bindgen!` makes of wit/ with the options of `src/bindings.rs`, as text.
const GENERATED: &str = wasmtime::component::bindgen!({
    path: "wit",
    world: "plugin",
    imports: { default: async | trappable },
    exports: { default: async },
    with: { "wasi": wasmtime_wasi::p2::bindings },
    stringify: true,
});

/// The path of each trait below the module.
fn traits(path: &str, items: &[Item], found: &mut Vec<String>) {
    for item in items {
        match item {
            Item::Trait(item) => found.push(format!("{path}{}", item.ident)),
            Item::Mod(ItemMod {
                ident,
                content: Some((_, items)),
                ..
            }) => traits(&format!("{path}{ident}::"), items, found),
            _ => {}
        }
    }
}

#[test]
fn no_trait_of_wasi_is_generated() {
    let file = syn::parse_file(GENERATED).unwrap();
    let mut found = Vec::new();
    traits("", &file.items, &mut found);
    let own: Vec<&str> = found
        .iter()
        .map(String::as_str)
        .filter(|path| !path.starts_with("wasi::"))
        .collect();
    assert_eq!(own.len(), found.len(), "{found:?}");
    assert!(own.contains(&"worldhost::plugin::host::Host"), "{own:?}");
}

#[test]
fn these_are_the_options_of_the_project() {
    let options = |text: &str| -> Vec<String> {
        let (_, rest) = text.split_once("bindgen!({").unwrap();
        let (options, _) = rest.split_once("});").unwrap();
        options
            .lines()
            .map(|line| line.trim().to_string())
            .filter(|line| !line.is_empty() && !line.starts_with("stringify"))
            .collect()
    };
    assert_eq!(
        options(include_str!("bindings.rs")),
        options(include_str!("../src/bindings.rs"))
    );
}

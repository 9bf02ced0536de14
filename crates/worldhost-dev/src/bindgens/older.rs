//! Options of `bindgen!` in older versions of Wasmtime, and what took their places.

use syn::parse::{ParseStream, Result};
use syn::{LitBool, Token, token};

/// An option that this Wasmtime does not have any more.
#[derive(Debug)]
pub(super) struct Older {
    name: String,
    value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    True,
    False,
    List,
    Braces,
}

const NAMES: [&str; 8] = [
    "async",
    "trappable_imports",
    "tracing",
    "verbose_tracing",
    "concurrent_imports",
    "concurrent_exports",
    "features",
    "only_interfaces",
];

/// Takes an older option's value; none when there never was such an option.
pub(super) fn option(name: &str, input: ParseStream<'_>) -> Result<Option<Older>> {
    if !NAMES.contains(&name) {
        return Ok(None);
    }
    let value = match () {
        () if input.peek(LitBool) => match input.parse::<LitBool>()?.value {
            true => Value::True,
            false => Value::False,
        },
        () if input.peek(token::Bracket) => Value::List,
        () => Value::Braces,
    };
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    let name = name.to_string();
    Ok(Some(Older { name, value }))
}

/// What took the places of all of them.
pub(super) fn advice(older: &[Older]) -> String {
    let mut each: Vec<String> = older.iter().map(Older::advice).collect();
    let on = |name: &str| {
        let mut found = older.iter();
        found.any(|one| one.name == name && one.value == Value::True)
    };
    if on("async") && on("trappable_imports") {
        each.push(
            "both together are `imports: { default: async | trappable }, \
             exports: { default: async }`"
                .into(),
        );
    }
    each.join("; ")
}

impl Older {
    fn advice(&self) -> String {
        let Older { name, value } = self;
        let written = match value {
            Value::True => format!("{name}: true"),
            Value::False => return format!("`{name}: false` is the default now: remove it"),
            Value::List => format!("{name}: [...]"),
            Value::Braces => format!("{name}: {{ ... }}"),
        };
        let now = match (name.as_str(), value) {
            ("features", _) => return format!("`{written}` can go: every feature is read now"),
            ("async", Value::True) => "imports: { default: async }, exports: { default: async }",
            ("trappable_imports", Value::True) => "imports: { default: trappable }",
            ("async", _) => return by_rules(&written, "async"),
            ("trappable_imports", _) => return by_rules(&written, "trappable"),
            ("tracing", _) => "imports: { default: tracing }, exports: { default: tracing }",
            ("verbose_tracing", _) => "imports: { default: tracing | verbose_tracing }",
            ("concurrent_imports", _) => "imports: { default: async | store }",
            ("concurrent_exports", _) => "exports: { default: async | store }",
            _ => "interfaces: \"import ns:package/interface;\"",
        };
        format!("`{written}` is now `{now}`")
    }
}

fn by_rules(written: &str, flag: &str) -> String {
    format!(
        "`{written}` is now a rule for each function: \
         `imports: {{ \"ns:package/interface.function\": {flag} }}`"
    )
}

//! The syntax inside `bindgen!({ ... })`. It is that of Wasmtime's macro, which
//! keeps its parser to itself.

use super::older::{self, Older};
use super::options::{Options, Rules};
use proc_macro2::{LineColumn, TokenStream};
use std::collections::HashMap;
use syn::parse::{Parse, ParseStream, Parser, Result};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Ident, LitBool, LitStr, Path, Token, braced, bracketed, token};
use wasmtime_internal_wit_bindgen::{
    FunctionFilter, FunctionFlags, Opts, Ownership, TrappableError,
};

/// Why an invocation cannot be read, and where.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) at: LineColumn,
    pub(super) message: String,
}

/// What is between the parentheses of a `bindgen!`.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) world: Option<String>,
    pub(super) paths: Vec<String>,
    pub(super) inline: Option<InlineText>,
    pub(super) marks: Marks,
    generator: Opts,
    rules: [Rules; 2],
    older: Vec<(Ident, Older)>,
}

/// Where in the file the options are, to be changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// Behind the brace that opens `with`.
    pub(crate) with: Option<LineColumn>,
    /// The brace that closes all options.
    pub(crate) end: Option<LineColumn>,
    /// The keys that name something of the world, with the text from the key to the end of
    /// what is said of it.
    pub(crate) keys: Vec<Mark>,
    /// The name of the world.
    pub(crate) world: Option<Mark>,
}

/// A name, and the text that it is in.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) name: String,
    /// The quoted name.
    pub(crate) literal: (LineColumn, LineColumn),
    pub(crate) to: LineColumn,
}

impl Mark {
    fn of(literal: &LitStr) -> Mark {
        let span = literal.span();
        Mark {
            name: literal.value(),
            literal: (span.start(), span.end()),
            to: span.end(),
        }
    }
}

/// Text of WIT in a `bindgen!`.
#[derive(Debug)]
pub(super) struct InlineText {
    pub(super) text: String,
    pub(super) at: LineColumn,
    /// Whether its lines are those of the file.
    pub(super) in_lines: bool,
}

pub(super) fn body(tokens: TokenStream) -> std::result::Result<Body, Refused> {
    let body = Body::parse.parse2(tokens).map_err(|error| Refused {
        at: error.span().start(),
        message: error.to_string(),
    })?;
    let (names, older): (Vec<_>, Vec<_>) = body.older.into_iter().unzip();
    match names.first() {
        Some(name) => Err(Refused {
            at: name.span().start(),
            message: older::advice(&older),
        }),
        None => Ok(Body {
            older: Vec::new(),
            ..body
        }),
    }
}

impl Body {
    pub(super) fn options(self) -> Options {
        let mut with: Vec<String> = self.generator.with.keys().cloned().collect();
        with.sort();
        let mut options = Options {
            with,
            generator: self.generator,
            rules: self.rules,
        };
        options.apply_rules();
        options
    }
}

impl Parse for Body {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut body = Body::default();
        if input.peek(token::Brace) {
            let content;
            let braces = braced!(content in input);
            body.marks.end = Some(braces.span.close().start());
            while !content.is_empty() {
                body.field(&content)?;
                if content.is_empty() {
                    break;
                }
                content.parse::<Token![,]>()?;
            }
        } else {
            let world = input.parse::<Option<LitStr>>()?;
            body.marks.world = world.as_ref().map(Mark::of);
            body.world = world.map(|name| name.value());
            if input.parse::<Option<Token![in]>>()?.is_some() {
                body.paths.push(input.parse::<LitStr>()?.value());
            }
        }
        Ok(body)
    }
}

impl Body {
    fn field(&mut self, input: ParseStream<'_>) -> Result<()> {
        // `async` was an option once.
        let key = input.call(syn::ext::IdentExt::parse_any)?;
        let key: Ident = key;
        input.parse::<Token![:]>()?;
        let opts = &mut self.generator;
        let keys = &mut self.marks.keys;
        match key.to_string().as_str() {
            "path" => self.paths.extend(one_or_many(input)?),
            "world" => {
                let world = input.parse::<LitStr>()?;
                self.marks.world = Some(Mark::of(&world));
                self.world = Some(world.value());
            }
            "imports" => self.rules[0] = function_rules(input, keys)?,
            "exports" => self.rules[1] = function_rules(input, keys)?,
            "with" => {
                let (open, paths) = paths_by_name(input, keys)?;
                self.marks.with = Some(open);
                opts.with.extend(paths);
            }
            "named_imports" => opts.named_imports.extend(paths_by_name(input, keys)?.1),
            "trappable_error_type" => opts.trappable_error_type = trappable_errors(input, keys)?,
            "additional_derives" => opts.additional_derive_attributes = paths(input)?,
            "wasmtime_crate" => opts.wasmtime_crate = Some(path_text(&input.parse()?)),
            "ownership" => opts.ownership = ownership(input)?,
            "anyhow" => opts.anyhow = boolean(input)?,
            "require_store_data_send" => opts.require_store_data_send = boolean(input)?,
            "skip_mut_forwarding_impls" => opts.skip_mut_forwarding_impls = boolean(input)?,
            "include_component_type" => opts.include_component_type = boolean(input)?,
            // Of no consequence for what is generated.
            "debug" | "stringify" | "include_generated_code_from_file" => {
                boolean(input)?;
            }
            "inline" => self.inline = Some(inline(input.parse()?)),
            "interfaces" => {
                self.inline = Some(interfaces(inline(input.parse()?)));
                self.world = Some(INTERFACES.into());
                self.generator.only_interfaces = true;
            }
            name => match older::option(name, input)? {
                Some(older) => self.older.push((key, older)),
                None => {
                    return Err(syn::Error::new(
                        key.span(),
                        format!("bindgen! of this Wasmtime has no option `{name}`"),
                    ));
                }
            },
        }
        Ok(())
    }
}

/// The world that the macro makes for `interfaces`.
const INTERFACES: &str = "wasmtime:component-macro-synthesized/interfaces";

fn inline(text: LitStr) -> InlineText {
    let written = text.token().to_string();
    InlineText {
        text: text.value(),
        at: text.span().start(),
        in_lines: written.starts_with('r') || !written.contains('\\'),
    }
}

/// The imports of the option `interfaces` as a world, as the macro has it.
fn interfaces(inline: InlineText) -> InlineText {
    let text = format!(
        "package wasmtime:component-macro-synthesized; world interfaces {{ {} }}",
        inline.text
    );
    InlineText { text, ..inline }
}

fn boolean(input: ParseStream<'_>) -> Result<bool> {
    Ok(input.parse::<LitBool>()?.value)
}

fn one_or_many(input: ParseStream<'_>) -> Result<Vec<String>> {
    if !input.peek(token::Bracket) {
        return Ok(vec![input.parse::<LitStr>()?.value()]);
    }
    let content;
    bracketed!(content in input);
    let names = Punctuated::<LitStr, Token![,]>::parse_terminated(&content)?;
    Ok(names.iter().map(LitStr::value).collect())
}

fn paths(input: ParseStream<'_>) -> Result<Vec<String>> {
    let content;
    bracketed!(content in input);
    let paths = Punctuated::<Path, Token![,]>::parse_terminated(&content)?;
    Ok(paths.iter().map(path_text).collect())
}

/// `{ "name": some::path, ... }`, and the place behind the opening brace.
fn paths_by_name(
    input: ParseStream<'_>,
    keys: &mut Vec<Mark>,
) -> Result<(LineColumn, HashMap<String, String>)> {
    let content;
    let braces = braced!(content in input);
    let mut map = HashMap::new();
    while !content.is_empty() {
        let name = content.parse::<LitStr>()?;
        content.parse::<Token![:]>()?;
        let path: Path = content.parse()?;
        keys.push(Mark {
            to: path.span().end(),
            ..Mark::of(&name)
        });
        map.insert(name.value(), path_text(&path));
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok((braces.span.open().end(), map))
}

/// In the order that they are written in: the generator numbers them.
fn trappable_errors(input: ParseStream<'_>, keys: &mut Vec<Mark>) -> Result<Vec<TrappableError>> {
    let content;
    braced!(content in input);
    let mut errors = Vec::new();
    while !content.is_empty() {
        let name = content.parse::<LitStr>()?;
        content.parse::<Token![=>]>()?;
        let path: Path = content.parse()?;
        keys.push(Mark {
            to: path.span().end(),
            ..Mark::of(&name)
        });
        // With its arguments, if it has any.
        let written = path.span().source_text();
        errors.push(TrappableError {
            wit_path: name.value(),
            rust_type_name: written.unwrap_or_else(|| path_text(&path)),
        });
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(errors)
}

fn ownership(input: ParseStream<'_>) -> Result<Ownership> {
    let kind = input.parse::<Ident>()?;
    if kind == "Owning" {
        return Ok(Ownership::Owning);
    }
    if kind != "Borrowing" {
        return Err(syn::Error::new(
            kind.span(),
            format!("`{kind}` is no ownership: it is `Owning` or `Borrowing`"),
        ));
    }
    let content;
    braced!(content in input);
    let field = content.parse::<Ident>()?;
    if field != "duplicate_if_necessary" {
        return Err(syn::Error::new(
            field.span(),
            format!("`Borrowing` has no field `{field}`"),
        ));
    }
    content.parse::<Token![:]>()?;
    Ok(Ownership::Borrowing {
        duplicate_if_necessary: boolean(&content)?,
    })
}

/// `{ default: async, "ns:package/interface.name": async | trappable, ... }`
fn function_rules(input: ParseStream<'_>, keys: &mut Vec<Mark>) -> Result<Rules> {
    let content;
    braced!(content in input);
    let mut rules = Rules::new();
    while !content.is_empty() {
        let name = content.parse::<Option<LitStr>>()?;
        let filter = match &name {
            Some(name) => FunctionFilter::Name(name.value()),
            None => {
                content.parse::<Token![default]>()?;
                FunctionFilter::Default
            }
        };
        content.parse::<Token![:]>()?;
        let (flags, to) = function_flags(&content)?;
        keys.extend(name.map(|name| Mark {
            to,
            ..Mark::of(&name)
        }));
        rules.push((filter, flags));
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(rules)
}

/// The flags, and where they end.
fn function_flags(input: ParseStream<'_>) -> Result<(FunctionFlags, LineColumn)> {
    let mut flags = FunctionFlags::empty();
    let mut to = input.span().start();
    while !input.is_empty() && !input.peek(Token![,]) {
        to = input.span().end();
        flags |= if input.peek(Token![async]) {
            input.parse::<Token![async]>()?;
            FunctionFlags::ASYNC
        } else {
            let flag = input.parse::<Ident>()?;
            match flag.to_string().as_str() {
                "store" => FunctionFlags::STORE,
                "trappable" => FunctionFlags::TRAPPABLE,
                "tracing" => FunctionFlags::TRACING,
                "verbose_tracing" => FunctionFlags::VERBOSE_TRACING,
                "exact" => FunctionFlags::EXACT,
                name => {
                    return Err(syn::Error::new(
                        flag.span(),
                        format!("bindgen! of this Wasmtime has no function option `{name}`"),
                    ));
                }
            }
        };
        if input.peek(Token![|]) {
            input.parse::<Token![|]>()?;
        } else {
            break;
        }
    }
    Ok((flags, to))
}

fn path_text(path: &Path) -> String {
    let mut text = String::new();
    for (i, segment) in path.segments.iter().enumerate() {
        if i > 0 || path.leading_colon.is_some() {
            text.push_str("::");
        }
        text.push_str(&segment.ident.to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> std::result::Result<Body, Refused> {
        body(syn::parse_str::<syn::Macro>(text).unwrap().tokens)
    }

    #[test]
    fn every_form_of_the_macro_is_read() {
        let options = parse(
            r#"wasmtime::component::bindgen!({
                path: ["wit", "more"],
                world: "plugin",
                imports: { "a:b/c.d": async | trappable, default: async | store },
                exports: { default: async, },
                with: { "wasi": wasmtime_wasi::p2::bindings, "a:b/c.r": crate::R },
                trappable_error_type: { "a:b/c.e" => crate::E },
                additional_derives: [PartialEq, serde::Serialize],
                ownership: Borrowing { duplicate_if_necessary: true },
                anyhow: true,
            })"#,
        )
        .unwrap_or_else(|refused| panic!("{}", refused.message));
        assert_eq!(options.world.as_deref(), Some("plugin"));
        assert_eq!(options.paths, ["wit", "more"]);
        let options = options.options();
        assert_eq!(options.with, ["a:b/c.r", "wasi"]);
        assert_eq!(
            options.generator.with["wasi"],
            "wasmtime_wasi::p2::bindings"
        );
        assert_eq!(
            options.generator.additional_derive_attributes,
            ["PartialEq", "serde::Serialize"]
        );
        assert!(options.generator.anyhow);

        let short = parse(r#"bindgen!("plugin" in "other")"#).ok().unwrap();
        assert_eq!(short.world.as_deref(), Some("plugin"));
        assert_eq!(short.paths, ["other"]);
    }

    #[test]
    fn an_unknown_key_is_named() {
        let refused = parse("bindgen!({ world: \"plugin\",\n asink: true })").unwrap_err();
        assert_eq!(refused.at.line, 2);
        assert!(refused.message.contains("no option `asink`"));
        let refused = parse("bindgen!({ imports: { default: fast } })")
            .err()
            .unwrap();
        assert!(refused.message.contains("no function option `fast`"));
    }
    #[test]
    fn older_options_are_told_what_they_are_now() {
        let text = "bindgen!({ async: true,\n trappable_imports: true, world: \"w\" })";
        let refused = parse(text).unwrap_err();
        assert_eq!(refused.at.line, 1);
        for part in [
            "`async: true` is now `imports: { default: async }, exports: { default: async }`",
            "`trappable_imports: true` is now `imports: { default: trappable }`",
            "`imports: { default: async | trappable }",
        ] {
            assert!(refused.message.contains(part), "{}", refused.message);
        }
        let text = "bindgen!({ async: { only_imports: [\"a\"] }, tracing: false })";
        let refused = parse(text).unwrap_err().message;
        assert!(
            refused.contains("`async: { ... }` is now a rule for each function"),
            "{refused}"
        );
        assert!(
            refused.contains("`tracing: false` is the default"),
            "{refused}"
        );
    }

    #[test]
    fn text_in_the_macro_is_read_with_its_place() {
        let body = parse("bindgen!({\n inline: r#\"package a:b;\n world w {}\"# })").unwrap();
        let inline = body.inline.unwrap();
        assert_eq!((inline.at.line, inline.in_lines), (2, true));
        assert_eq!(inline.text, "package a:b;\n world w {}");
        let body = parse("bindgen!({ interfaces: \"import a:b/c;\" })").unwrap();
        assert_eq!(body.world.as_deref(), Some(INTERFACES));
        assert!(
            body.inline
                .unwrap()
                .text
                .contains("interfaces { import a:b/c; }")
        );
    }
}

//! The Rust that `bindgen!` makes of a world: its own generator, called without
//! the compiler around it.

use crate::bindgens::Options;
use crate::error::{Error, Result};
use crate::keywords;
use crate::rust::has_word;
use worldhost_wit::{Wit, WorldId};

/// The bindings as `rustfmt` would write them.
///
/// # Errors
///
/// [`Error::Generate`] with the generator's reason: a `with` key or a function
/// rule that nothing in the world matches.
pub fn generate(wit: &Wit, world: WorldId, options: &Options) -> Result<String> {
    let fail = |message: String| Error::Generate {
        world: wit.resolve.worlds[world].name.clone(),
        message,
    };
    let text = raw(wit, world, options).map_err(fail)?;
    Ok(prettyplease::unparse(
        &parsed(wit, world, &text).map_err(fail)?,
    ))
}

/// The generated text as Rust. Some names of WIT the generator writes as they are though
/// they are keywords of Rust: those that the world has are in the message.
pub(crate) fn parsed(wit: &Wit, world: WorldId, text: &str) -> Result<syn::File, String> {
    syn::parse_file(text).map_err(|error| {
        let line = error.span().start().line;
        let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let mut message = format!("its generator writes no Rust for it: {error}");
        message += &format!(", in `{}`", line.trim());
        let names = keywords::unescaped(&wit.resolve, world);
        let at = names.iter().filter(|name| has_word(line, &name.rust));
        let at: Vec<&str> = at.map(|name| name.wit.as_str()).collect();
        match &at[..] {
            [] => message,
            at => message + "; another name is needed for " + &at.join(" and "),
        }
    })
}

/// The text as the macro gives it to rustc.
pub(crate) fn raw(wit: &Wit, world: WorldId, options: &Options) -> Result<String, String> {
    let mut resolve = wit.resolve.clone();
    options
        .generator
        .generate(&mut resolve, world)
        .map_err(|error| format!("{error:#}"))
}

/// The options without the keys that nothing in the world matches, and these.
pub(crate) fn fitting(wit: &Wit, world: WorldId, options: &Options) -> (Options, Vec<String>) {
    let mut options = options.clone();
    let mut dropped = Vec::new();
    // One round for `with`, one for the rules of imports, one for exports.
    for _ in 0..3 {
        let Err(message) = raw(wit, world, &options) else {
            break;
        };
        let keys = options.drop_unmatched(&message);
        if keys.is_empty() {
            break;
        }
        dropped.extend(keys);
    }
    (options, dropped)
}

//! The Rust that `bindgen!` makes of a world: its own generator, called without
//! the compiler around it.

use super::error::{Error, Result};
use super::options::Options;
use super::source::Wit;
use wit_parser::WorldId;

/// The bindings as `rustfmt` would write them.
///
/// # Errors
///
/// [`Error::Generate`] with the generator's reason: a `with` key or a function
/// rule that nothing in the world matches.
pub fn generate(wit: &Wit, world: WorldId, options: &Options) -> Result<String> {
    let file = tree(wit, world, options)?;
    Ok(prettyplease::unparse(&file))
}

/// The bindings as a syntax tree.
pub(super) fn tree(wit: &Wit, world: WorldId, options: &Options) -> Result<syn::File> {
    let fail = |message: String| Error::Generate {
        world: wit.resolve.worlds[world].name.clone(),
        message,
    };
    let text = raw(wit, world, options).map_err(fail)?;
    syn::parse_file(&text).map_err(|error| fail(format!("it wrote no Rust: {error}")))
}

/// The text as the macro gives it to rustc.
pub(super) fn raw(wit: &Wit, world: WorldId, options: &Options) -> Result<String, String> {
    let mut resolve = wit.resolve.clone();
    options
        .generator
        .generate(&mut resolve, world)
        .map_err(|error| format!("{error:#}"))
}

/// The options without the keys that nothing in the world matches, and these.
pub(super) fn fitting(wit: &Wit, world: WorldId, options: &Options) -> (Options, Vec<String>) {
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

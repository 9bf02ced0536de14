//! A guest of a new project's world, in a language, built as its toolchain does it.

mod c;
mod exports;
mod javascript;
mod language;
mod python;
mod rust;
mod types;

pub use language::Language;

use exports::Exports;
use worldhost_wit::{Wit, WorldId};

/// What a guest is of.
pub(super) struct Of<'a> {
    pub(super) wit: &'a Wit,
    pub(super) world: WorldId,
    /// As tools take it: `acme:shop/shop@1.0.0`.
    pub(super) name: String,
    /// Whether the host has `wasi:http`.
    pub(super) has_http: bool,
}

/// The files of a guest, each with its path in `guest/`.
pub(super) fn files(language: Language, of: &Of<'_>) -> Vec<(&'static str, String)> {
    let exports = Exports::of(&of.wit.resolve, of.world);
    let files = match language {
        Language::Rust => rust::files(of, &exports),
        Language::Python => python::files(of, &exports),
        Language::Javascript => javascript::files(of, &exports),
        Language::C => c::files(of),
    };
    let ignored = ("/.gitignore", language.ignored().to_string());
    let files = files.into_iter().chain([(ignored.0, ignored.1)]);
    files
        .map(|(path, text)| (path.trim_start_matches('/'), text))
        .collect()
}

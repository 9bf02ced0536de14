//! A guest of a new project's world, in a language, built as its toolchain does it.

mod c;
mod exports;
mod javascript;
mod language;
mod of;
mod python;
mod rust;
mod types;

pub use language::Language;

pub(super) use of::Of;

use exports::Exports;

/// The files of a guest, each with its path in `guest/`.
pub(super) fn files(language: Language, of: &Of<'_>) -> Vec<(String, String)> {
    let exports = Exports::of(&of.wit.resolve, of.world);
    let files = match language {
        Language::Rust => rust::files(of, &exports),
        Language::Python => python::files(of, &exports),
        Language::Javascript => javascript::files(of, &exports),
        Language::C => c::files(of),
    };
    let ignored = (".gitignore".to_string(), language.ignored().to_string());
    files.into_iter().chain([ignored]).collect()
}

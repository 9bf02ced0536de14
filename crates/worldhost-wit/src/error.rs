//! What can be wrong with WIT text, or with where it comes from.

use std::path::PathBuf;

/// The result of this library's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that this library reports.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing at the path.
    #[error("no such file or directory: {}", path.display())]
    NotFound {
        /// As it was given.
        path: PathBuf,
    },

    /// A file could not be read or written.
    #[error("cannot access {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// The text is not WIT, or names what is not there. The message has the
    /// file, the line and a caret, on lines of their own.
    #[error("{message}")]
    Parse {
        /// The parser's words.
        message: String,
        /// The package that was not found, when that is what is wrong.
        missing: Option<String>,
        /// Packages that are there in another version than the one named.
        other_versions: Vec<String>,
    },

    /// The bytes are no component.
    #[error("{name} is not a component: {message}")]
    NotComponent {
        /// What the caller calls it, such as its path.
        name: String,
        /// What it is instead.
        message: String,
    },

    /// The bytes begin like a component and are not a valid one.
    #[error("{name} is not a valid component: {message}")]
    Invalid {
        /// What the caller calls it, such as its path.
        name: String,
        /// What the decoder said.
        message: String,
    },

    /// The file is no component, and no encoded WIT package.
    #[error("{} holds no WIT: {message}", path.display())]
    NoWit {
        /// The file.
        path: PathBuf,
        /// What the decoder said.
        message: String,
    },

    /// No world was named and there are several, or the one named is not there.
    #[error("{source_name} has no world `{wanted}`; it has {}", list(worlds))]
    NoWorld {
        /// Where was looked.
        source_name: String,
        /// The name that was looked for.
        wanted: String,
        /// The worlds that are there.
        worlds: Vec<String>,
    },

    /// The world was there before, and no other is it under another name.
    #[error(
        "world `{world}` is gone: {old} has it, {new} has {}, and none of them is it under \
         another name",
        list(worlds)
    )]
    WorldGone {
        /// The world.
        world: String,
        /// What it was in.
        old: String,
        /// What it is not in.
        new: String,
        /// The worlds that are there.
        worlds: Vec<String>,
    },

    /// The world was not there before, under no name.
    #[error("world `{world}` is new: {source_name} has {}", list(worlds))]
    WorldNew {
        /// The world.
        world: String,
        /// What it was not in.
        source_name: String,
        /// The worlds that were there.
        worlds: Vec<String>,
    },

    /// No world was named, and which one is meant is open.
    #[error("{source_name} has {}, and none was named", list(worlds))]
    WhichWorld {
        /// Where was looked.
        source_name: String,
        /// The worlds that are there.
        worlds: Vec<String>,
    },

    /// There is no such world to hold a component against.
    #[error("there is no world {wanted}: {message}")]
    UnknownWorld {
        /// The world's name, or the directory that it should be in.
        wanted: String,
        /// What there is, or what is wrong with the WIT.
        message: String,
    },

    /// Git has no such revision, or cannot be asked.
    #[error("cannot read {} at git revision `{revision}`: {message}", path.display())]
    Git {
        /// The revision as given.
        revision: String,
        /// The directory that was looked for in it.
        path: PathBuf,
        /// What git said.
        message: String,
    },
}

fn list(worlds: &[String]) -> String {
    match worlds {
        [] => "no worlds".to_string(),
        [world] => format!("the world {world}"),
        worlds => format!("the worlds {}", worlds.join(", ")),
    }
}

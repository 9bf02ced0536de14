//! What can be wrong with WIT text, with where it comes from, or with the
//! options of `bindgen!`.

use std::path::PathBuf;

/// The result of this module's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that this module reports.
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

    /// The bytes are no component, and no encoded WIT package.
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

    /// No world was named, and which one is meant is open.
    #[error("{source_name} has {}, and none was named", list(worlds))]
    WhichWorld {
        /// Where was looked.
        source_name: String,
        /// The worlds that are there.
        worlds: Vec<String>,
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

    /// The `bindgen!` invocation cannot be read.
    #[error("{}: {message}", path.display())]
    Options {
        /// The Rust file.
        path: PathBuf,
        /// What is wrong, and where in the file.
        message: String,
    },

    /// `bindgen!` would refuse this world with these options.
    #[error("bindgen! refuses world `{world}`: {message}")]
    Generate {
        /// The world.
        world: String,
        /// The generator's words.
        message: String,
    },

    /// The world was released before, and the text now is another.
    #[error("{} is there already and differs: a released world does not change", path.display())]
    Released {
        /// The file of the release.
        path: PathBuf,
    },

    /// The package has no version, so there is nothing to release it as.
    #[error("package {package} has no version to release")]
    NoVersion {
        /// The package's name.
        package: String,
    },
}

fn list(worlds: &[String]) -> String {
    match worlds {
        [] => "no worlds".to_string(),
        [world] => format!("the world {world}"),
        worlds => format!("the worlds {}", worlds.join(", ")),
    }
}

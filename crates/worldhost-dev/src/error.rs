//! What can be wrong with a project around WIT.

use std::path::PathBuf;

/// The result of this library's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that this library reports.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The WIT, or a file that cannot be read.
    #[error(transparent)]
    Wit(#[from] worldhost_wit::Error),

    /// A `Cargo.toml` cannot be read.
    #[error("{}: {message}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where in the file.
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

    /// A file is there that was to be created.
    #[error("{} is there already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },

    /// A file is not what it was when it was read.
    #[error("{} has changed meanwhile", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },

    /// Something is where a project is to be made.
    #[error("{} is there and is not empty; name a directory that is new", path.display())]
    NotEmpty {
        /// The directory.
        path: PathBuf,
    },

    /// A package that the WIT uses is not beside it, and not known here.
    #[error(
        "the WIT uses {package}, which is not in its deps/ and not carried by this command; put it there (wkg fetch), or name a version that is: `worldhost --version` says which WASI it has"
    )]
    NoPackage {
        /// The package.
        package: String,
    },

    /// A package that is published and was not fetched.
    #[error("{package}: {message}")]
    Fetch {
        /// The package.
        package: String,
        /// Why, and what to do.
        message: String,
    },

    /// A world with both.
    #[error(
        "world `{world}` imports WASI 0.2 and 0.3; a project is made of one of them: take the other out of the world, since the host links both anyway"
    )]
    TwoWasis {
        /// The world.
        world: String,
    },

    /// Another run changes the project's files.
    #[error("another worldhost changes the files of {}; wait for its end", path.display())]
    Busy {
        /// The directory.
        path: PathBuf,
    },

    /// A run was killed, and a file that it was to change was changed by somebody else.
    #[error(
        "an earlier run was killed half-way, and {} was changed since; look at the files with \
         git diff, then delete {} to keep them as they are", path.display(), stage.display()
    )]
    Interrupted {
        /// The file.
        path: PathBuf,
        /// What the run left, with the texts that it did not come to write.
        stage: PathBuf,
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

impl Error {
    /// A file that cannot be read or written.
    pub(crate) fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Error {
        let path = path.into();
        Error::Wit(match source.kind() {
            std::io::ErrorKind::NotFound => worldhost_wit::Error::NotFound { path },
            _ => worldhost_wit::Error::File { path, source },
        })
    }
}

//! What goes wrong between us and a registry.

use std::path::PathBuf;
use worldhost::{LoadLimit, LoadLimitHit, LoadLimits, Pin};

/// As results of this crate are.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One for each thing that a caller would handle differently. What it quotes of a registry is as
/// the registry has it: [`printable`](worldhost::printable()) makes it fit for a terminal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no address.
    #[error("`{text}` names nothing in a registry: {why}; write oci://HOST/REPOSITORY:TAG")]
    Address {
        /// As it was given.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// The registry has no such thing.
    #[error("there is no {address} in its registry")]
    NotFound {
        /// What was asked for.
        address: String,
    },
    /// Nobody says where the packages of this namespace are.
    #[error("no registry is known for {address}")]
    NoRegistry {
        /// What was asked for.
        address: String,
    },
    /// It was never pulled, and no registry is to be asked.
    #[error("{address} is not in the store, and no registry is to be asked")]
    Offline {
        /// What was asked for.
        address: String,
    },
    /// The registry does not answer, or not as one does.
    #[error("cannot reach the registry of {address}: {why}")]
    Unreachable {
        /// What was asked for.
        address: String,
        /// Why.
        why: String,
    },
    /// The registry does not let us do it.
    #[error("the registry of {address} does not let this user: {why}")]
    Denied {
        /// What was asked for.
        address: String,
        /// What it says, or what is wrong with the login.
        why: String,
    },
    /// It is something else.
    #[error("{address} is no component: {why}")]
    NotComponent {
        /// What was asked for.
        address: String,
        /// What it is.
        why: String,
    },
    /// What it is pinned to is there no more.
    #[error("{address} is pinned to {pin}, which is not in its registry; it is {now} there")]
    Moved {
        /// What was asked for.
        address: String,
        /// What it has to be.
        pin: Pin,
        /// What it is now.
        now: Pin,
    },
    /// The bytes are others than were asked for.
    #[error("the registry of {address} sent other bytes than those of {pin}")]
    Damaged {
        /// What was asked for.
        address: String,
        /// What they had to be.
        pin: Pin,
    },
    /// A version is what it is.
    #[error("{address} is there already, as {found}; give what is new another version")]
    Taken {
        /// What was to be put there.
        address: String,
        /// What is there.
        found: Pin,
    },
    /// `wkg`'s configuration cannot be used.
    #[error("wkg's configuration: {why}")]
    Config {
        /// What is wrong with it.
        why: String,
    },
    /// The file is no lock.
    #[error("{}: {why}", path.display())]
    Lock {
        /// The file.
        path: PathBuf,
        /// Where and what.
        why: String,
    },
    /// A file cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The engine's.
    #[error(transparent)]
    Host(#[from] worldhost::Error),
}

impl Error {
    pub(crate) fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        let path = path.into();
        Error::File { path, source }
    }
}

/// An error and what is behind it, as much of it as fits on a line.
pub(crate) fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut behind = error.source();
    while let Some(cause) = behind {
        let more = cause.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        behind = cause.source();
    }
    short(&words)
}

/// A server may say much.
pub(crate) fn short(words: &str) -> String {
    const MOST: usize = 300;
    match words.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.into(),
    }
}

/// That it is no larger than a component may be.
pub(crate) fn within(size: u64, address: &str, limits: &LoadLimits) -> Result<()> {
    match size <= limits.size {
        true => Ok(()),
        false => Err(worldhost::Error::Exceeds {
            name: address.into(),
            limit: LoadLimitHit::new(LoadLimit::Size, limits.size),
        }
        .into()),
    }
}

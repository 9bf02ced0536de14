//! Why nothing was changed.

use std::fmt;
use std::sync::Arc;

/// The result of this library's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong; all plugins are as they were. The text is one line: what, where, and what
/// to do. What it quotes of a component is as the component has it:
/// [`printable`](worldhost::printable()) makes it fit for a terminal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The manifest cannot be read, or says what cannot be.
    #[error(transparent)]
    Manifest(#[from] worldhost_policy::Error),

    /// These do not fit.
    #[error("{}", list(.0))]
    Misfits(Vec<Misfit>),

    /// There is no plugin of this name.
    #[error("there is no plugin {0}; the manifest names those that there are")]
    Unknown(String),

    /// It has had one version alone, or was not loaded from there.
    #[error("{0} has had no version before this one; replace it by another")]
    NoneBefore(String),
}

/// A plugin that does not fit this host, or its grants and limits do not.
#[derive(Debug)]
pub struct Misfit {
    /// Its name.
    pub plugin: Arc<str>,
    /// Where the manifest names it, and what is wrong.
    pub error: worldhost_policy::Error,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.plugin, self.error)
    }
}

fn list(misfits: &[Misfit]) -> String {
    let words = misfits.iter().map(Misfit::to_string);
    words.collect::<Vec<_>>().join("; ")
}

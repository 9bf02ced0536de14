//! What is wrong with what somebody wrote.

use crate::origin::Origin;

/// The result of this library's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What cannot be as it is written. The text is one line: where, what, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is no grant, no limit, or no value of one; or the file cannot be read.
    #[error("{0}")]
    Wrong(String),

    /// It is one, and the engine cannot do it.
    #[error("{}{source}", before(place))]
    Host {
        /// Where it is said.
        place: Origin,
        /// What the engine says.
        source: Box<worldhost::Error>,
    },
}

/// A file has many places; what an option is about, the engine says itself.
fn before(place: &Origin) -> String {
    match place {
        Origin::File { .. } => format!("{}: ", place.exactly()),
        _ => String::new(),
    }
}

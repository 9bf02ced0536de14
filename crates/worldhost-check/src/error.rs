//! What keeps a component from being looked at.

/// The result of this library's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that this library reports, each on one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no component.
    #[error(transparent)]
    Component(#[from] worldhost::Error),

    /// There is no such world to hold it against.
    #[error(transparent)]
    World(#[from] worldhost_wit::Error),
}

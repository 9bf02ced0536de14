//! What can be wrong with a call, beside what can be wrong with any.

use std::ops::Range;

/// The result of this library's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that this library reports, each on one line.
///
/// What it quotes of a component is as the component has it:
/// [`printable`](worldhost::printable()) makes it fit for a terminal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A call that cannot be made as it is written.
    #[error("{message}")]
    Call {
        /// The whole text of the call.
        text: String,
        /// Where in the text it goes wrong, in bytes.
        at: Range<usize>,
        /// What is wrong there: the parameter, its type and what was found.
        message: String,
        /// What may have been meant.
        nearest: Vec<String>,
    },

    /// What the component or the host met: a trap, an exit, a limit.
    #[error(transparent)]
    Host(#[from] worldhost::Error),
}

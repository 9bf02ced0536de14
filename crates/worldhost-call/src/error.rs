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

    /// A line that is no item of the stream that it was to be given to.
    #[error("@{name}, line {line}: {message}")]
    Item {
        /// Where it is from, as the call has it after `@`.
        name: String,
        /// The line, counted from one.
        line: u64,
        /// What is wrong with it.
        message: String,
    },

    /// What a stream was to be given cannot be read.
    #[error("cannot read @{name}: {error}")]
    Unreadable {
        /// Where it was to be read from, as the call has it after `@`.
        name: String,
        /// Why.
        error: std::io::Error,
    },

    /// What the component or the host met: a trap, an exit, a limit.
    #[error(transparent)]
    Host(#[from] worldhost::Error),
}

//! What an error is at bottom, whichever library it came from.

use super::explained::Explained;
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::ops::Range;

/// The command line asks for something that cannot be.
#[derive(Debug)]
pub struct Usage(pub String);

impl Display for Usage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Usage {}

/// What kind of error it is, contexts aside.
pub enum Cause<'a> {
    Usage,
    /// The engine's.
    Host(&'a worldhost::Error),
    /// A call that cannot be made as it is written.
    Call(BadCall<'a>),
    /// Of WIT text, or of the bindings for it.
    Wit(&'a worldhost_wit::Error),
    Dev(&'a worldhost_dev::Error),
    /// Of a registry, or of what is kept of it.
    Registry(&'a worldhost_registry::Error),
    Other,
}

/// The text of a call, where it goes wrong, and what may have been meant.
pub struct BadCall<'a> {
    pub text: &'a str,
    pub at: &'a Range<usize>,
    pub nearest: &'a [String],
}

impl Cause<'_> {
    pub fn of(error: &anyhow::Error) -> Cause<'_> {
        if error.is::<Usage>() || is_of_input(error) || is_of_policy(error) {
            return Cause::Usage;
        }
        let host = || host(error).map(Cause::Host);
        let call = || call(error).map(Cause::Call);
        let wit = || wit(error).map(Cause::Wit);
        let dev = || error.downcast_ref().map(Cause::Dev);
        let registry = || error.downcast_ref().map(Cause::Registry);
        host()
            .or_else(call)
            .or_else(wit)
            .or_else(dev)
            .or_else(registry)
            .unwrap_or(Cause::Other)
    }
}

/// The engine's error, also where another library passes it on.
fn host(error: &anyhow::Error) -> Option<&worldhost::Error> {
    if let Some(explained) = error.downcast_ref::<Explained>() {
        return Some(&explained.error);
    }
    if let Some(worldhost_call::Error::Host(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(worldhost_check::Error::Component(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(worldhost_registry::Error::Host(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(worldhost_policy::Error::Host { source, .. }) = error.downcast_ref() {
        return Some(source);
    }
    error.downcast_ref()
}

/// Whether it is of what somebody wrote who grants or limits something.
fn is_of_policy(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(worldhost_policy::Error::Wrong(_))
    )
}

/// Whether it is of what was to be given to a call.
fn is_of_input(error: &anyhow::Error) -> bool {
    use worldhost_call::Error as E;
    matches!(
        error.downcast_ref(),
        Some(E::Item { .. } | E::Unreadable { .. })
    )
}

fn call(error: &anyhow::Error) -> Option<BadCall<'_>> {
    match error.downcast_ref()? {
        worldhost_call::Error::Call {
            text, at, nearest, ..
        } => Some(BadCall { text, at, nearest }),
        _ => None,
    }
}

fn wit(error: &anyhow::Error) -> Option<&worldhost_wit::Error> {
    if let Some(worldhost_check::Error::World(error)) = error.downcast_ref() {
        return Some(error);
    }
    if let Some(worldhost_dev::Error::Wit(error)) = error.downcast_ref() {
        return Some(error);
    }
    error.downcast_ref()
}

/// Whether it is an error of one of the libraries, whose text has what is behind it.
pub fn is_of_library(error: &(dyn Error + 'static)) -> bool {
    error.is::<worldhost::Error>()
        || error.is::<worldhost_call::Error>()
        || error.is::<worldhost_check::Error>()
        || error.is::<worldhost_dev::Error>()
        || error.is::<worldhost_policy::Error>()
        || error.is::<worldhost_registry::Error>()
        || error.is::<worldhost_wit::Error>()
        || error.is::<Explained>()
}

//! What ends a guest: a trap.

use crate::policy::limits::LimitHit;
use std::fmt;
use std::sync::Arc;

/// A trap: what was called, why it stopped, and what the guest said last.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trap {
    /// The export that was called.
    pub export: String,
    /// How many calls of the instance were in flight, this one among them. Where there were
    /// several, each of them gets this trap, and which of them it was in is not known. None
    /// for a trap in what earlier calls left to be done.
    pub calls: usize,
    /// The trap in Wasmtime's words, or the error of the host function.
    pub message: String,
    /// The limit that ended it; or that refused it a growth earlier in the call, which it was
    /// told and went on.
    pub limit: Option<LimitHit>,
    /// Whether the limit is what ended it. A guest that cannot grow mostly traps for that, a
    /// moment later and in other words; one that lives with it may trap for anything. Which of
    /// them it was is not known.
    pub is_by_limit: bool,
    /// The end of what the guest wrote to stderr.
    pub stderr: String,
    /// The guest's frames, innermost first, demangled and [`printable`](crate::printable()):
    /// one to a line.
    pub frames: Vec<String>,
    /// What Wasmtime gave.
    pub cause: Arc<wasmtime::Error>,
}

impl Trap {
    /// The error of a host function that ended the guest, or Wasmtime's
    /// [`Trap`](wasmtime::Trap), if it is of this type.
    pub fn downcast_ref<E: fmt::Display + fmt::Debug + Send + Sync + 'static>(&self) -> Option<&E> {
        self.cause.downcast_ref()
    }
}

impl std::error::Error for Trap {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some((*self.cause).as_ref())
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.calls {
            0 | 1 => write!(f, "{} trapped: {}", self.export, self.message)?,
            calls => write!(
                f,
                "{} ended with its instance, which trapped in one of {calls} calls: {}",
                self.export, self.message
            )?,
        }
        match &self.limit {
            Some(limit) if self.is_by_limit => write!(f, " ({limit})"),
            Some(limit) => write!(f, " (earlier in the call, {limit})"),
            None => Ok(()),
        }
    }
}

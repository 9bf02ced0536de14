//! A panic is a failure of the host like any other: one line, and its exit code.

use super::failure;
use std::panic::{self, AssertUnwindSafe};

/// Does what may panic, and says so in one line if it does. Whoever asks for a backtrace by
/// `RUST_BACKTRACE` gets it.
pub fn caught<R>(run: impl FnOnce() -> R) -> Option<R> {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        panic::set_hook(Box::new(|panic| {
            let words = panic.payload_as_str().unwrap_or("it panicked");
            let place = panic.location().map(|at| format!(" at {at}"));
            failure::defect(words, &place.unwrap_or_default());
        }));
    }
    // Nothing is looked at afterwards.
    panic::catch_unwind(AssertUnwindSafe(run)).ok()
}

//! Looking at a file that nobody vouches for, in a time that is bounded.
//!
//! What a component comes to is counted before, and so is the memory that it takes to validate
//! it, to read its WIT and to ask the linker. The time is not: a jump with many targets is
//! checked against the type of each. Nothing stops that on the way but the end of the process.

use super::failure;
use crate::project::Names;
use std::sync::mpsc::{RecvTimeoutError, channel};
use worldhost::{Error, LoadLimit, LoadLimitHit, LoadLimits};

/// Does `look` with the component of this name. If that takes longer than compiling may, it is
/// said of the component and this process ends.
pub fn within<R>(name: &str, limits: &LoadLimits, look: impl FnOnce() -> R) -> R {
    let (done, waiting) = channel::<()>();
    let (name, time) = (name.to_string(), limits.compile_time);
    let value = LoadLimit::CompileTime.of(limits).unwrap_or(u64::MAX);
    // Where the system has no thread more, nobody watches.
    let _ = std::thread::Builder::new().spawn(move || {
        if let Err(RecvTimeoutError::Timeout) = waiting.recv_timeout(time) {
            end(name, LoadLimitHit::new(LoadLimit::CompileTime, value));
        }
    });
    let looked = look();
    drop(done);
    looked
}

fn end(name: String, limit: LoadLimitHit) {
    let error = Error::Exceeds { name, limit }.into();
    failure::print(&error, Names::UNNAMED, false);
    std::process::exit(failure::code(&error));
}

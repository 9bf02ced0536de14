//! A panic is a failure of the host like any other: one line, and its exit code.

use super::failure;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

thread_local! {
    /// What panics here is an error to somebody, who tells it.
    static IS_TOLD: Cell<bool> = const { Cell::new(false) };
    static WORDS: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does what may panic, and says so in one line if it does. Whoever asks for a backtrace by
/// `RUST_BACKTRACE` gets it.
pub fn caught<R>(run: impl FnOnce() -> R) -> Option<R> {
    let backtrace = std::env::var_os("RUST_BACKTRACE").map(|_| panic::take_hook());
    panic::set_hook(Box::new(move |panic| {
        match (&backtrace, IS_TOLD.get()) {
            (_, true) => WORDS.set(Some(words(panic))),
            (None, false) => failure::defect(&words(panic)),
            (Some(_), false) => {}
        }
        if let Some(backtrace) = &backtrace {
            backtrace(panic);
        }
    }));
    // Nothing is looked at afterwards.
    panic::catch_unwind(AssertUnwindSafe(run)).ok()
}

/// Does what may panic, in the midst of work that goes on without it.
///
/// # Errors
///
/// That it panicked.
pub fn as_error<R>(run: impl FnOnce() -> R) -> anyhow::Result<R> {
    IS_TOLD.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(run));
    IS_TOLD.set(false);
    done.map_err(|_| {
        let words = WORDS.take();
        anyhow::anyhow!(words.unwrap_or_else(|| "the host failed".into()))
    })
}

/// Has this process end as a host that failed where it would end by an abort: when it is given
/// no memory, of which Rust has told by then. To a shell, an abort is what a trap is.
#[cfg(unix)]
pub fn abort_as_failure() {
    extern "C" fn end(_: libc::c_int) {
        const WORDS: &[u8] = b"error: the host failed: it was given no memory\n";
        // SAFETY: both may be called by who handles a signal, and the words outlive the call.
        unsafe {
            libc::write(libc::STDERR_FILENO, WORDS.as_ptr().cast(), WORDS.len());
            libc::_exit(failure::HOST)
        }
    }
    let end: extern "C" fn(libc::c_int) = end;
    // SAFETY: nothing else in this process handles it, and `end` does no more than it may.
    unsafe {
        libc::signal(libc::SIGABRT, end as libc::sighandler_t);
    }
}

#[cfg(not(unix))]
pub fn abort_as_failure() {}

/// What ought not to be, and where; or that the system has no thread left for a library that
/// cannot do without.
fn words(panic: &PanicHookInfo<'_>) -> String {
    let words = panic.payload_as_str().unwrap_or("it panicked");
    if NO_THREAD.iter().any(|start| words.starts_with(start)) {
        return "the host failed: the system gives it no more threads; see ulimit -u".into();
    }
    let place = panic.location().map(|at| format!(" at {at}"));
    let place = place.unwrap_or_default();
    format!("the host failed{place}: {words}; RUST_BACKTRACE=1 shows more")
}

/// How Tokio and the standard library say so.
const NO_THREAD: [&str; 2] = ["OS can't spawn worker thread", "failed to spawn thread"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_to_who_goes_on() {
        let caught = caught(|| {
            let failed = as_error(|| panic!("all is lost"));
            let words = failed.unwrap_err().to_string();
            let out: anyhow::Result<()> = as_error(|| {
                std::panic::panic_any("OS can't spawn worker thread: os error 11".to_string())
            });
            (words, out.unwrap_err().to_string(), as_error(|| 7).unwrap())
        });
        let _ = panic::take_hook();
        let (words, out, seven) = caught.unwrap();
        assert!(words.starts_with("the host failed at "), "{words}");
        assert!(words.contains("all is lost"), "{words}");
        assert!(out.contains("no more threads"), "{out}");
        assert_eq!(seven, 7);
    }
}

//! Sockets that a service manager opened and passed on, as systemd does.

#[cfg(unix)]
use std::os::fd::{FromRawFd, OwnedFd};

/// The first that is passed on; the others follow.
#[cfg(unix)]
const FIRST: i32 = 3;

/// What was passed on to this process. Who cannot know its number before it is there names
/// none.
///
/// # Errors
///
/// Why there is nothing.
#[cfg(unix)]
pub(super) fn sockets() -> Result<Vec<OwnedFd>, String> {
    let number = |name: &str| {
        let value = std::env::var(name).ok();
        value.and_then(|value| value.parse::<u32>().ok())
    };
    match (number("LISTEN_PID"), number("LISTEN_FDS")) {
        (Some(pid), _) if pid != std::process::id() => {
            Err(format!("LISTEN_PID is {pid}, another process"))
        }
        (_, Some(count @ 1..=1000)) => {
            let fds = (FIRST..).take(count as usize);
            // SAFETY: who started this process opened them for it and says so. They are
            // taken once: the command asks for them at its start.
            Ok(fds.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }).collect())
        }
        _ => Err("LISTEN_FDS is not set: nothing was passed on".into()),
    }
}

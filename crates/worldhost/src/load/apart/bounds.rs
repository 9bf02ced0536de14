//! What the system lets this process have.

use std::time::Duration;

/// Holds this process, for good, to so many bytes of memory and so much time of all its
/// cores together: for one that compiles and does nothing else. It leaves no image of its
/// memory when it ends for that, and is the first to go when the system has none left.
///
/// Where the system has no such limits, nothing happens. None is raised.
#[cfg(unix)]
pub fn bound_this_process(memory: u64, time: Duration) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let lower = |resource, most: u64| {
        let Rlimit { current, maximum } = getrlimit(resource);
        let least = |now: Option<u64>| Some(now.map_or(most, |now| now.min(most)));
        let limit = Rlimit {
            current: least(current),
            maximum: least(maximum),
        };
        let _ = setrlimit(resource, limit);
    };
    // What is reserved and not used does not count, as it would for the address space.
    lower(Resource::Data, memory);
    lower(Resource::Cpu, time.as_secs().max(1));
    lower(Resource::Core, 0);
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

/// Holds this process to nothing, for this system has no such limits.
#[cfg(not(unix))]
pub fn bound_this_process(_: u64, _: Duration) {}

/// How much memory the system lets this process, and those that it starts, have.
#[cfg(unix)]
pub(super) fn memory_here() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    let limits = [Resource::Data, Resource::As].map(|resource| getrlimit(resource).current);
    limits.into_iter().flatten().min()
}

#[cfg(not(unix))]
pub(super) fn memory_here() -> Option<u64> {
    None
}

//! Descriptors, of which each connection takes one.

/// Takes as many as the system grants: programs that could not do with many have made a low
/// number usual. That there are no more is no failure.
#[cfg(unix)]
pub fn as_many_as_may_be() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _ = setrlimit(Resource::Nofile, limit);
}

#[cfg(not(unix))]
pub fn as_many_as_may_be() {}

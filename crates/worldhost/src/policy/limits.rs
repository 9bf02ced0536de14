//! How much of the host one store may use. Every limit is on by default, except
//! the two that would end honest long work: time and fuel.

use std::time::Duration;

/// The limits of one store, counted over everything that is instantiated in it.
///
/// The defaults are meant for a component that nobody vouches for, on a machine
/// that does other work too.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of linear memory, all memories of the store together. Default:
    /// 1 GiB, which CPython and SpiderMonkey guests stay well below; a 32-bit
    /// guest could ask for 4 GiB.
    pub memory: usize,
    /// Elements of all tables together. Default: 1,000,000 (8 MB of host memory).
    pub table_elements: usize,
    /// Core instances, memories and tables, each. Default: 100; the largest
    /// components seen, Python's, have about 30.
    pub instances: usize,
    /// Entries in the resource table: open files, sockets, streams, pollables
    /// and the host resources of the embedder. Default: 10,000.
    pub resources: usize,
    /// Bytes of the host's own memory for what a guest makes it keep, beside linear memory
    /// and tables. One half is for the arguments and results of one call; the other for what
    /// stays behind handles: listings of directories, buffers of streams, HTTP fields.
    /// Default: 256 MiB, with which a call may give or take 128 MiB.
    ///
    /// So a process with one store and one call at a time has no more memory resident than
    /// [`Limits::memory`], this and 64 MiB, of which most is code. Calls that overlap have
    /// their values each. The embedder's own resources and data are not counted.
    pub host_memory: usize,
    /// Bytes that one call may make the host allocate for its arguments and
    /// results, if that is less than half of [`Limits::host_memory`]. Default: 128 MiB.
    pub hostcall_bytes: usize,
    /// Bytes that one `wasi:random` call may ask for. Default: 16 MiB.
    pub random_bytes: u64,
    /// Bytes of host memory for one set of `wasi:http` headers. Default: 128 KiB.
    pub http_fields_bytes: usize,
    /// Units of fuel, about one for each instruction, for the life of the store.
    /// Default: none. Needs a runtime built with [`Config::fuel`].
    ///
    /// [`Config::fuel`]: crate::Config::fuel
    pub fuel: Option<u64>,
    /// Wall-clock time for one call: host functions, what it printed to this process's
    /// streams, and for the first one the start of the instance are included. Default: none.
    pub timeout: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: 1 << 30,
            table_elements: 1_000_000,
            instances: 100,
            resources: 10_000,
            host_memory: 256 << 20,
            hostcall_bytes: 128 << 20,
            random_bytes: 16 << 20,
            http_fields_bytes: 128 << 10,
            fuel: None,
            timeout: None,
        }
    }
}

impl Limits {
    /// The part of the host's memory that is for what it keeps.
    pub(crate) fn kept_bytes(&self) -> usize {
        self.host_memory - self.host_memory / 2
    }

    /// The part that is for the values of one call.
    pub(crate) fn passed_bytes(&self) -> usize {
        self.hostcall_bytes.min(self.host_memory / 2)
    }
}

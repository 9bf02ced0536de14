//! How much of the host one store may use. Every limit that stops what no honest component
//! does is on by default; those that would end honest long work are not.

use super::limit::{Bound, Unfit, Unit, limits};
use super::room::Room;
use std::fmt;
use std::time::Duration;

limits! {
    /// The limits of one store, counted over everything that is instantiated in it.
    ///
    /// The defaults are meant for a component that nobody vouches for, on a machine
    /// that does other work too. [`Limit`] lists them, with names and in words.
    pub struct Limits;

    /// One of the [`Limits`].
    enum Limit;

    /// Bytes of linear memory, all memories of the store together. Default:
    /// 1 GiB, which CPython and SpiderMonkey guests stay well below; a 32-bit
    /// guest could ask for 4 GiB.
    memory: usize = 1 << 30,
        Memory Bytes "max-memory",
        "linear memory, all of it together",
        "the memory limit of {} bytes was reached";

    /// Bytes of the host's own memory for what a guest makes it keep, beside linear memory
    /// and tables. One half is for the arguments and results of one call; the other for what
    /// stays behind handles: listings of directories, buffers of streams, HTTP fields.
    /// Default: 256 MiB, with which a call may give or take 128 MiB.
    ///
    /// So a process with one store and one call at a time has no more memory resident than
    /// [`Limits::memory`], this and 64 MiB, of which most is code. Calls that overlap have
    /// their values each. The embedder's own resources and data are not counted.
    host_memory: usize = 256 << 20,
        HostMemory Bytes "max-host-memory",
        "memory of the host for what a component makes it keep or pass on: half for the values \
         of one call, half for what its handles stand for",
        "the host memory limit of {} bytes was reached";

    /// Bytes that one call may make the host allocate for its arguments and results, where
    /// that is to be less than half of [`Limits::host_memory`]. Default: that half.
    hostcall_bytes: Option<usize> = None,
        HostcallBytes Bytes "max-hostcall",
        "memory for the values of one call, where that is to be less than half of max-host-memory",
        "the limit of {} bytes in one call was reached";

    /// Elements of all tables together. Default: 1,000,000 (8 MB of host memory).
    table_elements: usize = 1_000_000,
        TableElements Count "max-table-elements",
        "elements of all tables together",
        "the limit of {} table elements was reached";

    /// Core instances, memories and tables, each. Default: 100; the largest
    /// components seen, Python's, have about 30.
    instances: usize = 100,
        Instances Count "max-instances",
        "core instances, memories and tables, each",
        "the limit of {} core instances, memories or tables was reached";

    /// Entries in the resource table: open files, sockets, streams, pollables
    /// and the host resources of the embedder. Default: 10,000.
    resources: usize = 10_000,
        Resources Count "max-resources",
        "open files, sockets, streams and other resources of the host",
        "the limit of {} resources was reached";

    /// Handles in the tables of the guest's instances: to the host's resources and to its
    /// own, streams, futures and calls that are not at their end. Default: 100,000, which
    /// are some MB; guests have resources of their own for single nodes of a document.
    handles: usize = 100_000,
        Handles Count "max-handles",
        "handles of a component, to its own resources, streams and calls too",
        "the limit of {} handles was reached";

    /// Bytes of a stack on which a guest calls itself. Default: 512 KiB, which is Wasmtime's;
    /// interpreters bound their own recursion to fit. Needs a runtime with the same
    /// [`Config::stack`](crate::Config::stack).
    stack: usize = 512 << 10,
        Stack Bytes "max-stack",
        "memory for the call stack",
        "the call stack limit of {} bytes was reached";

    /// Bytes that one `wasi:random` call may ask for. Default: 16 MiB. More than a key or a
    /// seed is made of is work for the guest's own generator.
    random_bytes: u64 = 16 << 20,
        RandomBytes Bytes "max-random",
        "random bytes in one call",
        "the limit of {} random bytes in one call was reached";

    /// Bytes of host memory for one set of `wasi:http` headers. Default: 128 KiB; servers
    /// take 8 to 64.
    http_fields_bytes: usize = 128 << 10,
        HttpFields Bytes "max-http-fields",
        "memory for one set of HTTP headers or trailers",
        "the limit of {} bytes of HTTP fields was reached";

    /// Bytes that a guest writes to stdout and stderr and makes the host log, all together.
    /// Default: none. Whoever reads slowly is waited for, so that a flood takes no memory;
    /// how much is too much depends on where it goes.
    output_bytes: Option<u64> = None,
        Output Bytes "max-output",
        "bytes written to stdout and stderr and logged, all together",
        "the output limit of {} bytes was reached";

    /// Lines that a guest makes the host log by [`State::say`](crate::State::say) in any one
    /// second. Default: none, as for [`Limits::output_bytes`].
    log_lines: Option<u64> = None,
        LogLines PerSecond "max-log-rate",
        "lines logged in one second",
        "the limit of {} logged lines in one second was reached";

    /// Bytes that a guest writes to files in granted directories, and makes them grow by, all
    /// together; what it overwrites or deletes counts too. Default: none. Where a disk is to
    /// be bounded for good, a quota of the file system does it.
    disk_bytes: Option<u64> = None,
        Disk Bytes "max-disk-write",
        "bytes written to files, all together",
        "the limit of {} bytes written to files was reached";

    /// Units of fuel, about one for each instruction, and one for each byte that WASI's
    /// functions make or move, for the life of the store. Default: none. Needs a runtime
    /// built with [`Config::fuel`](crate::Config::fuel).
    fuel: Option<u64> = None,
        Fuel Fuel "fuel",
        "instructions, and bytes that the host makes or moves for them; compiled code is slower \
         for it",
        "the {} units of fuel are used up";

    /// Wall-clock time for one call: host functions, what it printed to this process's
    /// streams, and for the first one the start of the instance are included. Default: none.
    timeout: Option<Duration> = None,
        Timeout Time "timeout",
        "time for a run, a call or an input, with the start before it, host functions and readers \
         who stall",
        "the time of {} is over";
}

/// The part of what is kept that is for streams and futures, where there are any.
const STREAMS: usize = 4;

/// A stream is at least three entries, and holds 8 KiB at the most.
const ENTRY: usize = 3 << 10;

impl Limits {
    /// The part of the host's memory that is for what it keeps, where it can be weighed.
    pub(crate) fn kept_bytes(&self, room: &Room) -> usize {
        let kept = self.host_memory - self.host_memory / 2;
        match room.streams {
            true => kept - kept / STREAMS,
            false => kept,
        }
    }

    /// How many streams, futures and calls may be under way, each of which is several
    /// entries of Wasmtime's: as many as there may be handles, and as fit into what is set
    /// aside for what they hold.
    pub(crate) fn under_way(&self) -> (usize, Limit) {
        let kept = self.host_memory - self.host_memory / 2;
        let fit = kept / STREAMS / ENTRY;
        match fit < self.handles {
            true => (fit, Limit::HostMemory),
            false => (self.handles, Limit::Handles),
        }
    }

    /// The part that is for the values of one call, and the limit that says so.
    pub(crate) fn passed_bytes(&self) -> (usize, Limit) {
        let half = self.host_memory / 2;
        match self.hostcall_bytes {
            Some(bytes) if bytes < half => (bytes, Limit::HostcallBytes),
            _ => (half, Limit::HostMemory),
        }
    }

    /// What holds of one: its value, and where it has none and another stands for it, that
    /// one's.
    pub fn in_force(&self, limit: Limit) -> Option<u64> {
        match limit {
            Limit::HostcallBytes => Some(self.passed_bytes().0 as u64),
            limit => limit.of(self),
        }
    }

    /// That this one is reached. Nothing reaches one that there is not.
    pub(crate) fn hit(&self, limit: Limit) -> LimitHit {
        LimitHit::new(limit, limit.of(self).unwrap_or(u64::MAX))
    }
}

/// A limit that a guest ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitHit {
    /// Which.
    pub limit: Limit,
    /// What it allows, in the limit's [`Unit`].
    pub value: u64,
    /// The [`Limits`] allow more, and it is what a slot of the [`Pool`](crate::Pool) holds.
    pub of_pool: bool,
}

impl LimitHit {
    /// That the [`Limits`] allow no more than `value`.
    pub fn new(limit: Limit, value: u64) -> Self {
        LimitHit {
            limit,
            value,
            of_pool: false,
        }
    }

    /// The error of a host function that does not do what is wanted.
    pub(crate) fn wanting(self, wanted: fmt::Arguments<'_>) -> Reached {
        Reached {
            hit: self,
            wanted: wanted.to_string(),
        }
    }

    /// That a slot of the pool has room for no more.
    pub(crate) fn in_slot(limit: Limit, value: usize) -> Self {
        LimitHit {
            limit,
            value: value as u64,
            of_pool: true,
        }
    }
}

impl fmt::Display for LimitHit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.limit.reached(self.value, f)?;
        match self.of_pool {
            true => f.write_str(", which is what a slot of the pool has room for"),
            false => Ok(()),
        }
    }
}

/// What a host function refuses, since a limit is in the way.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub(crate) hit: LimitHit,
    /// What the guest wanted.
    pub(crate) wanted: String,
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the host refused {}", self.wanted)
    }
}

impl std::error::Error for Reached {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_there() {
        let mut limits = Limits::default();
        for (&limit, value) in Limit::ALL.iter().zip(77..) {
            limit.set(&mut limits, Some(value)).unwrap();
            assert_eq!(limit.of(&limits), Some(value), "{}", limit.name());
            assert!(limits.hit(limit).to_string().contains(&value.to_string()));
        }
        for &limit in Limit::ALL {
            let optional = limit.set(&mut limits, None).is_ok();
            assert_eq!(optional, limit.of(&limits).is_none(), "{}", limit.name());
        }
        assert_eq!(limits.timeout, None);
        assert_eq!(limits.memory, 77);
    }
}

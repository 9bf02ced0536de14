//! How much of the host one store may use. Every limit is on by default, except
//! the two that would end honest long work: time and fuel.

use std::fmt;
use std::time::Duration;
use wasmtime::{ResourceLimiter, Store};

/// The limits of one store, counted over everything that is instantiated in it.
///
/// The defaults are meant for a component that nobody vouches for, on a machine
/// that does other work too.
#[derive(Clone, Debug)]
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
    /// Bytes that one call may make the host allocate for its arguments and
    /// results. Default: 128 MiB.
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
    /// Wall-clock time for one call, host functions included. Default: none.
    pub timeout: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: 1 << 30,
            table_elements: 1_000_000,
            instances: 100,
            resources: 10_000,
            hostcall_bytes: 128 << 20,
            random_bytes: 16 << 20,
            http_fields_bytes: 128 << 10,
            fuel: None,
            timeout: None,
        }
    }
}

/// A limit that a guest ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitHit {
    /// [`Limits::memory`], in bytes.
    Memory(usize),
    /// [`Limits::table_elements`].
    TableElements(usize),
    /// [`Limits::instances`].
    Instances(usize),
    /// [`Limits::resources`].
    Resources(usize),
    /// [`Limits::fuel`], in units.
    Fuel(u64),
}

impl fmt::Display for LimitHit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LimitHit::Memory(n) => write!(f, "the memory limit of {n} bytes was reached"),
            LimitHit::TableElements(n) => write!(f, "the limit of {n} table elements was reached"),
            LimitHit::Instances(n) => write!(f, "the limit of {n} core instances was reached"),
            LimitHit::Resources(n) => write!(f, "the limit of {n} resources was reached"),
            LimitHit::Fuel(n) => write!(f, "the {n} units of fuel are used up"),
        }
    }
}

/// Counts what a store's memories and tables grow to, and remembers the last
/// refusal: a guest that cannot grow usually traps a moment later, for what
/// looks like another reason.
pub(crate) struct Limiter {
    limits: Limits,
    memory: usize,
    table_elements: usize,
    pub(crate) hit: Option<LimitHit>,
}

impl Limiter {
    pub(crate) fn new(limits: Limits) -> Self {
        Limiter {
            limits,
            memory: 0,
            table_elements: 0,
            hit: None,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// The total after growing from `current` to `desired`, if it stays in `limit`.
fn grown(total: usize, current: usize, desired: usize, limit: usize) -> Option<usize> {
    let total = total.checked_add(desired.saturating_sub(current))?;
    (total <= limit).then_some(total)
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // Beyond its own maximum the guest would fail anyway: not our limit.
        if maximum.is_some_and(|max| desired > max) {
            return Ok(false);
        }
        match grown(self.memory, current, desired, self.limits.memory) {
            Some(total) => self.memory = total,
            None => {
                self.hit = Some(LimitHit::Memory(self.limits.memory));
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|max| desired > max) {
            return Ok(false);
        }
        let limit = self.limits.table_elements;
        match grown(self.table_elements, current, desired, limit) {
            Some(total) => self.table_elements = total,
            None => {
                self.hit = Some(LimitHit::TableElements(limit));
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.limits.instances
    }

    fn tables(&self) -> usize {
        self.limits.instances
    }

    fn memories(&self) -> usize {
        self.limits.instances
    }
}

/// Puts the limits that live in the store itself onto it.
pub(crate) fn apply<T: Send + 'static>(store: &mut Store<crate::State<T>>) -> wasmtime::Result<()> {
    let limits = store.data().limiter.limits().clone();
    store.limiter(|state| &mut state.limiter);
    store.set_hostcall_fuel(limits.hostcall_bytes);
    if let Some(fuel) = limits.fuel {
        store.set_fuel(fuel)?;
        store.fuel_async_yield_interval(Some(100_000))?;
    }
    // Each tick the guest yields to the executor, so that a timeout, or anything
    // else on this thread, gets its turn.
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(memory: usize) -> Limiter {
        Limiter::new(Limits {
            memory,
            table_elements: 10,
            ..Limits::default()
        })
    }

    #[test]
    fn memories_share_one_limit() {
        let mut limiter = limiter(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(0, 40, None).unwrap());
        assert_eq!(limiter.hit, None);
        assert!(!limiter.memory_growing(40, 41, None).unwrap());
        assert_eq!(limiter.hit, Some(LimitHit::Memory(100)));
    }

    #[test]
    fn a_refusal_by_the_guests_own_maximum_is_no_hit() {
        let mut limiter = limiter(100);
        assert!(!limiter.memory_growing(0, 60, Some(50)).unwrap());
        assert_eq!(limiter.hit, None);
        assert!(!limiter.table_growing(0, 11, None).unwrap());
        assert_eq!(limiter.hit, Some(LimitHit::TableElements(10)));
    }

    #[test]
    fn growth_that_overflows_is_refused() {
        assert_eq!(grown(usize::MAX, 0, 1, usize::MAX), None);
    }
}

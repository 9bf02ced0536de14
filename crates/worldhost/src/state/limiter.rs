//! Holds a store to its limits.

use crate::policy::limits::Limits;
use crate::trap::LimitHit;
use wasmtime::ResourceLimiter;

/// Counts what a store's memories and tables grow to, and remembers the last
/// refusal: a guest that cannot grow usually traps a moment later, for what
/// looks like another reason.
pub(crate) struct Limiter {
    limits: Limits,
    memory: usize,
    table_elements: usize,
    /// What the last growth that was allowed added: not there if the system refuses.
    last: usize,
    /// Whether the system had no memory for a growth in the present call.
    pub(crate) refused_by_system: bool,
    /// The refusal in the present call, if any.
    pub(crate) hit: Option<LimitHit>,
}

impl Limiter {
    pub(crate) fn new(limits: Limits) -> Self {
        Limiter {
            limits,
            memory: 0,
            table_elements: 0,
            last: 0,
            refused_by_system: false,
            hit: None,
        }
    }

    /// A call begins. A refusal that an earlier one lived with is no reason for what
    /// goes wrong now.
    pub(crate) fn begin(&mut self) {
        self.hit = None;
        self.refused_by_system = false;
    }

    /// Bytes of linear memory, all together; no memory ever shrinks.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// Whether this machine, or what this process may have of it, is used up: no memory, no
/// descriptor, no room in a file. That is nothing that the guest did.
pub(crate) fn is_of_a_used_up_system(error: &wasmtime::Error) -> bool {
    error.chain().any(is_used_up)
}

#[cfg(unix)]
fn is_used_up(error: &(dyn std::error::Error + 'static)) -> bool {
    use rustix::io::Errno;
    let errno = match error.downcast_ref::<std::io::Error>() {
        Some(error) => Errno::from_io_error(error),
        None => error.downcast_ref().copied(),
    };
    matches!(
        errno,
        Some(Errno::NOMEM | Errno::MFILE | Errno::NFILE | Errno::FBIG)
    )
}

#[cfg(not(unix))]
fn is_used_up(error: &(dyn std::error::Error + 'static)) -> bool {
    let error = error.downcast_ref::<std::io::Error>();
    error.is_some_and(|error| error.kind() == std::io::ErrorKind::OutOfMemory)
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
            Some(total) => {
                self.last = total - self.memory;
                self.memory = total;
                // It lives with less than it asked for.
                self.hit = None;
            }
            None => {
                self.hit = Some(LimitHit::Memory(self.limits.memory));
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.refused_by_system = is_of_a_used_up_system(&error);
        self.memory -= std::mem::take(&mut self.last);
        Ok(())
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.refused_by_system = is_of_a_used_up_system(&error);
        self.table_elements -= std::mem::take(&mut self.last);
        Ok(())
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
            Some(total) => {
                self.last = total - self.table_elements;
                self.table_elements = total;
            }
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

    #[test]
    fn a_refusal_is_forgotten_with_the_next_call() {
        let mut limiter = limiter(100);
        assert!(!limiter.memory_growing(0, 101, None).unwrap());
        limiter.begin();
        assert_eq!(limiter.hit, None);
    }

    #[test]
    fn what_the_system_refused_is_not_counted() {
        let mut limiter = limiter(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(60, 100, None).unwrap());
        let refused = || wasmtime::Error::msg("out of memory");
        limiter.memory_grow_failed(refused()).unwrap();
        // Wasmtime may tell of it twice.
        limiter.memory_grow_failed(refused()).unwrap();
        assert!(limiter.memory_growing(60, 100, None).unwrap());
        assert!(limiter.table_growing(0, 10, None).unwrap());
        limiter.table_grow_failed(refused()).unwrap();
        assert!(limiter.table_growing(0, 10, None).unwrap());
    }
}

//! Holds a store to its limits.

use crate::policy::limits::{Limit, LimitHit, Limits};
use crate::policy::room::Room;
use wasmtime::ResourceLimiter;

/// Counts what a store's memories and tables grow to, and remembers the last
/// refusals: a guest that cannot grow usually traps a moment later, for what
/// looks like another reason.
pub(crate) struct Limiter {
    limits: Limits,
    room: Room,
    memory: usize,
    table_elements: usize,
    /// What the last growth that was allowed added: not there if the system refuses.
    last: usize,
    /// Whether the system had no memory for a growth in the present call.
    pub(crate) refused_by_system: bool,
    /// The refusals in the present call that no later growth made up for.
    refused: Refused,
}

/// Of what a growth was refused.
#[derive(Clone, Copy, Default)]
struct Refused {
    memory: Option<Refusal>,
    table: Option<Refusal>,
}

/// A growth that was refused.
#[derive(Clone, Copy)]
struct Refusal {
    hit: LimitHit,
    /// How large it was to be.
    wanted: usize,
}

impl Refusal {
    /// Whether one that may grow so far has got what it wanted. Less is not: a guest that
    /// gives up may need a page for its last words.
    fn is_made_up_by(&self, desired: usize) -> bool {
        desired >= self.wanted
    }
}

impl Limiter {
    pub(crate) fn new(limits: Limits, room: Room) -> Self {
        Limiter {
            limits,
            room,
            memory: 0,
            table_elements: 0,
            last: 0,
            refused_by_system: false,
            refused: Refused::default(),
        }
    }

    /// A call begins. A refusal that an earlier one lived with is no reason for what
    /// goes wrong now.
    pub(crate) fn begin(&mut self) {
        self.refused = Refused::default();
        self.refused_by_system = false;
    }

    /// Bytes of linear memory, all together; no memory ever shrinks.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The growth of a memory that was refused in this call, if any.
    pub(crate) fn refused_memory(&self) -> Option<LimitHit> {
        self.refused.memory.map(|refusal| refusal.hit)
    }

    /// The same of a table.
    pub(crate) fn refused_table(&self) -> Option<LimitHit> {
        self.refused.table.map(|refusal| refusal.hit)
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
        let Some(total) = grown(self.memory, current, desired, self.limits.memory) else {
            let hit = self.limits.hit(Limit::Memory);
            self.refused.memory = Some(Refusal {
                hit,
                wanted: desired,
            });
            return Ok(false);
        };
        if let Some(room) = self.room.memory.filter(|room| desired > *room) {
            let hit = LimitHit::in_slot(Limit::Memory, room);
            self.refused.memory = Some(Refusal {
                hit,
                wanted: desired,
            });
            return Ok(false);
        }
        self.last = total - self.memory;
        self.memory = total;
        self.refused
            .memory
            .take_if(|refusal| refusal.is_made_up_by(desired));
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
        let limit = self.limits.table_elements;
        let total = grown(self.table_elements, current, desired, limit);
        if maximum.is_some_and(|max| desired > max) {
            // In a pool that is the room in its slot, where the guest names no less.
            let of_pool = maximum.filter(|_| maximum == self.room.table_elements);
            if let Some(room) = of_pool {
                let hit = match total {
                    Some(_) => LimitHit::in_slot(Limit::TableElements, room),
                    None => self.limits.hit(Limit::TableElements),
                };
                self.refused.table = Some(Refusal {
                    hit,
                    wanted: desired,
                });
            }
            return Ok(false);
        }
        let Some(total) = total else {
            let hit = self.limits.hit(Limit::TableElements);
            self.refused.table = Some(Refusal {
                hit,
                wanted: desired,
            });
            return Ok(false);
        };
        self.last = total - self.table_elements;
        self.table_elements = total;
        self.refused
            .table
            .take_if(|refusal| refusal.is_made_up_by(desired));
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
        let limits = Limits {
            memory,
            table_elements: 10,
            ..Limits::default()
        };
        Limiter::new(limits, Room::default())
    }

    #[test]
    fn memories_share_one_limit() {
        let mut limiter = limiter(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(0, 40, None).unwrap());
        assert_eq!(limiter.refused_memory(), None);
        assert!(!limiter.memory_growing(40, 41, None).unwrap());
        assert_eq!(
            limiter.refused_memory(),
            Some(LimitHit::new(Limit::Memory, 100))
        );
    }

    #[test]
    fn a_refusal_by_the_guests_own_maximum_is_no_hit() {
        let mut limiter = limiter(100);
        assert!(!limiter.memory_growing(0, 60, Some(50)).unwrap());
        assert_eq!(limiter.refused_memory(), None);
        assert!(!limiter.table_growing(0, 11, None).unwrap());
        assert_eq!(
            limiter.refused_table(),
            Some(LimitHit::new(Limit::TableElements, 10))
        );
    }

    #[test]
    fn a_table_or_a_memory_makes_up_for_its_own_kind_alone() {
        let mut limiter = limiter(100);
        assert!(!limiter.memory_growing(0, 101, None).unwrap());
        assert!(limiter.table_growing(0, 1, None).unwrap());
        assert!(limiter.refused_memory().is_some());
        assert!(!limiter.table_growing(1, 11, None).unwrap());
        assert!(limiter.memory_growing(0, 1, None).unwrap());
        assert!(limiter.refused_table().is_some());
        // Less than it wanted, and then as much.
        assert!(limiter.table_growing(1, 2, None).unwrap());
        assert!(limiter.refused_table().is_some());
    }

    #[test]
    fn a_refusal_is_made_up_for_by_as_much() {
        let mut limiter = limiter(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        // Of another memory, and then of itself.
        assert!(!limiter.memory_growing(0, 50, None).unwrap());
        assert!(limiter.memory_growing(0, 10, None).unwrap());
        assert!(limiter.refused_memory().is_some());
        assert!(limiter.memory_growing(60, 70, None).unwrap());
        assert_eq!(limiter.refused_memory(), None);
    }

    #[test]
    fn less_room_than_the_limit_is_named_by_its_own_number() {
        let room = Room {
            table_elements: Some(5),
            memory: Some(50),
            streams: false,
        };
        let mut limiter = Limiter {
            room,
            ..limiter(100)
        };
        assert!(!limiter.memory_growing(0, 51, None).unwrap());
        let hit = limiter.refused_memory().unwrap();
        assert_eq!((hit.value, hit.of_pool), (50, true));
        assert!(!limiter.table_growing(0, 6, Some(5)).unwrap());
        let hit = limiter.refused_table().unwrap();
        assert_eq!((hit.value, hit.of_pool), (5, true));
        // More than the limit, too.
        assert!(!limiter.table_growing(0, 11, Some(5)).unwrap());
        assert!(!limiter.refused_table().unwrap().of_pool);
        // The guest's own maximum.
        limiter.begin();
        assert!(!limiter.table_growing(0, 5, Some(4)).unwrap());
        assert_eq!(limiter.refused_table(), None);
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
        assert_eq!(limiter.refused_memory(), None);
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

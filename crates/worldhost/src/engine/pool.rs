//! Slots for instances that are set up once and used again: what makes a fresh
//! instance for each call cheap.

use crate::policy::limits::Limits;
use wasmtime::{Enabled, PoolingAllocationConfig, ResourcesRequired};

/// A pool of slots that instances are made in. Without one, each instance maps
/// its memories anew and unmaps them at its end.
///
/// A slot reserves address space, not memory: 4 GiB for each linear memory, so that
/// a guest's memory may grow to what [`Limits::memory`](crate::Limits::memory) allows.
/// Where the address space is not to be had (`ulimit -v`, 32 bits), a runtime goes
/// without the pool; and so does a component that has more parts than a slot has room
/// for: [`Component::is_pooled`](crate::Component::is_pooled).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pool {
    /// How many component instances can be alive at once. One more waits for its turn in
    /// an [`Instances`](crate::Instances), and is refused with [`Error::PoolFull`]
    /// elsewhere. Default: 1000.
    ///
    /// [`Error::PoolFull`]: crate::Error::PoolFull
    pub instances: u32,
    /// How many linear memories they can have together, but never fewer than one
    /// component can. Most components have one or two (their own, and that of an
    /// adapter), Python's have one; a component composed of several has as many as they.
    /// Default: 2000, which is 8 TiB of 128 TiB of address space.
    pub memories: u32,
    /// How many elements each table is to have room for: the most of any
    /// [`Limits::table_elements`](crate::Limits::table_elements). Default: 1,000,000, as
    /// there. All tables together get no more than 4 GiB of address space, and each 100,000
    /// at the least. A guest that grows one further than that is told so, and so is who reads
    /// of its trap: [`LimitHit::of_pool`](crate::LimitHit#structfield.of_pool).
    pub table_elements: usize,
}

impl Default for Pool {
    fn default() -> Self {
        Pool {
            instances: 1000,
            memories: 2000,
            table_elements: Limits::default().table_elements,
        }
    }
}

impl Pool {
    /// A pool for so many instances at once, with two memories for each.
    pub fn new(instances: u32) -> Self {
        Pool {
            instances,
            memories: instances.saturating_mul(2),
            table_elements: Limits::default().table_elements,
        }
    }

    /// How many of the pool's instances one with these parts counts for, when it needs more
    /// memories or tables than an instance's share; none when it does not fit at all.
    pub(crate) fn weight(&self, parts: &ResourcesRequired) -> Option<u32> {
        let share = |parts: u32, total: u32| {
            let shares = u64::from(parts) * u64::from(self.instances);
            let weight = shares.div_ceil(u64::from(total.max(1)));
            (parts <= MAX_PARTS && parts <= total).then_some(weight)
        };
        let memories = share(parts.num_memories, memories(self))?;
        let tables = share(parts.num_tables, tables(self))?;
        let weight = memories.max(tables).max(1);
        // Alone it fits in any case: the totals are those of the largest.
        Some(weight.min(u64::from(self.instances.max(1))) as u32)
    }
}

fn memories(of: &Pool) -> u32 {
    of.memories.max(MAX_PARTS)
}

fn tables(of: &Pool) -> u32 {
    of.instances.saturating_mul(4).max(MAX_PARTS)
}

/// How many elements the tables of its slots can have, in the order to try them: as many as
/// are wanted, and where so much address space is not to be had, as guests have.
pub(crate) fn table_elements(of: &Pool) -> [usize; 2] {
    let shared = TABLES / (ELEMENT * tables(of) as usize);
    [of.table_elements.min(shared).max(USUAL_TABLE), USUAL_TABLE]
}

/// The largest function tables seen, C#'s and Python's, have 10,000 to 20,000 elements.
const USUAL_TABLE: usize = 100_000;

/// The bytes of all tables together, and of one element. They are mapped whole, and a system
/// may refuse to map what it could never hold.
const TABLES: usize = u32::MAX as usize;
const ELEMENT: usize = 8;

/// The pool as Wasmtime is told of it. What is there in total is enough for one component
/// that is as large as one may be.
pub(crate) fn allocation(of: &Pool, table_elements: usize) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(of.instances);
    // Each has a stack while it runs, and a few for what of it waits meanwhile.
    pool.total_stacks(of.instances.max(of.instances.saturating_mul(4).min(256)));
    // A component is many core modules: Python's is 30, of which most are
    // adapters of a few hundred bytes. They are counted alone; as many as all may have.
    pool.total_core_instances(of.instances.saturating_mul(MAX_PARTS));
    pool.max_core_instances_per_component(MAX_PARTS);
    // What a slot's bookkeeping may grow to. It is allocated by need, so that
    // the number is a bound and not a cost. Python's components need 200 KiB.
    pool.max_component_instance_size(4 << 20);
    pool.max_core_instance_size(4 << 20);

    pool.total_memories(memories(of));
    pool.max_memories_per_component(MAX_PARTS);
    // One module with several memories is rare; it may have as many as Spin
    // would give it, twice over.
    pool.max_memories_per_module(4);
    // The whole of a 32-bit memory, for any smaller number only makes guests
    // fail: what an instance may really use is for `Limits::memory` to say.
    pool.max_memory_size(MEMORY as usize);

    pool.total_tables(tables(of));
    pool.max_tables_per_component(MAX_PARTS);
    pool.max_tables_per_module(4);
    pool.table_elements(table_elements);
    // Nobody counts who has one: each may. Its memory is of those above.
    pool.total_gc_heaps(of.instances);

    // What a guest wrote is wiped and kept, up to this much for each memory,
    // instead of given back to the kernel and faulted in again. It bounds what
    // stays resident: the kernel tells which pages were written, as Linux can
    // since 6.7, and only they are wiped. Where it cannot tell, all of it would
    // be wiped each time, which costs more than the faults.
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        pool.pagemap_scan(Enabled::Yes);
        pool.linear_memory_keep_resident(256 << 10);
        pool.table_keep_resident(64 << 10);
    }
    pool
}

/// Core instances, memories or tables of one component.
const MAX_PARTS: u32 = 200;

/// The address space of one linear memory: all that 32 bits can name.
pub(crate) const MEMORY: u64 = 4 << 30;

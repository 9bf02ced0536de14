//! Slots for instances that are set up once and used again: what makes a fresh
//! instance for each call cheap.

use wasmtime::{Enabled, PoolingAllocationConfig};

/// A pool of slots that instances are made in. Without one, each instance maps
/// its memories anew and unmaps them at its end.
///
/// A slot reserves address space, not memory: 4 GiB for each linear memory, so
/// that no bounds check is compiled. Where the address space is not to be had
/// (`ulimit -v`, 32 bits), a runtime goes without the pool.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pool {
    /// How many component instances can be alive at once. One more is refused
    /// when it is instantiated. Default: 1000.
    pub instances: u32,
    /// How many linear memories they can have together. Most components have
    /// one or two (their own, and that of an adapter), Python's have one.
    /// Default: 2000, which is 8 TiB of 128 TiB of address space.
    pub memories: u32,
}

impl Default for Pool {
    fn default() -> Self {
        Pool {
            instances: 1000,
            memories: 2000,
        }
    }
}

impl Pool {
    /// A pool for so many instances at once, with two memories for each.
    pub fn new(instances: u32) -> Self {
        Pool {
            instances,
            memories: instances.saturating_mul(2),
        }
    }

    /// The pool as Wasmtime is told of it.
    pub(crate) fn allocation(&self) -> PoolingAllocationConfig {
        let mut pool = PoolingAllocationConfig::new();
        pool.total_component_instances(self.instances);
        // Each has a stack while it runs.
        pool.total_stacks(self.instances);
        // A component is many core modules: Python's is 30, of which most are
        // adapters of a few hundred bytes. Only bookkeeping is held for each.
        pool.total_core_instances(self.instances.saturating_mul(50));
        pool.max_core_instances_per_component(MAX_PARTS);
        // What a slot's bookkeeping may grow to. It is allocated by need, so that
        // the number is a bound and not a cost. Python's components need 200 KiB.
        pool.max_component_instance_size(4 << 20);
        pool.max_core_instance_size(4 << 20);

        pool.total_memories(self.memories);
        pool.max_memories_per_component(MAX_PARTS);
        // One module with several memories is rare; it may have as many as Spin
        // would give it, twice over.
        pool.max_memories_per_module(4);
        // The whole of a 32-bit memory, for any smaller number only makes guests
        // fail: what an instance may really use is for `Limits::memory` to say.
        pool.max_memory_size(4 << 30);

        // Tables are mapped whole: 100,000 elements are 800 KB of addresses. The
        // largest function tables seen, C#'s and Python's, have 10,000 to 20,000.
        pool.total_tables(self.instances.saturating_mul(4));
        pool.max_tables_per_component(MAX_PARTS);
        pool.max_tables_per_module(4);
        pool.table_elements(100_000);
        // Guests with garbage collection are few; each heap is like a memory.
        pool.total_gc_heaps(self.instances.div_ceil(10));

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
}

/// Core instances, memories or tables of one component.
const MAX_PARTS: u32 = 200;

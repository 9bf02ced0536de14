//! Who may have an instance: as many as there are places, in the order in which they came.

use super::pool::Pool;
use crate::policy::room::Room;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use tokio::sync::Semaphore;
use wasmtime::component::Component as Compiled;

/// The places for instances, shared by all components of the engine.
pub(crate) struct Places {
    /// The pool; or where there is none, the numbers that one would have.
    pub(crate) pool: Pool,
    /// What fits into one of its slots, if there is one; and how far a memory can grow.
    pub(crate) room: Room,
    pub(crate) free: Arc<Free>,
}

impl Places {
    pub(crate) fn new(pool: Pool, room: Room) -> Self {
        let free = Arc::new(Free::new(pool.instances));
        Places { pool, room, free }
    }

    /// Whether there is a pool.
    pub(crate) fn pooled(&self) -> bool {
        self.room.table_elements.is_some()
    }

    /// How many places an instance of the component takes; none when a slot of the pool has
    /// no room for it.
    pub(crate) fn taken_by(&self, compiled: &Compiled) -> Option<u32> {
        match compiled.resources_required() {
            Some(parts) if self.pooled() => self.pool.weight(&parts),
            _ => Some(1),
        }
    }
}

/// The places that nobody has.
///
/// A semaphore alone takes a lock for each that is given back, and threads that make an
/// instance in three microseconds would stand in line for it. So while nobody waits, places
/// are taken and given back by one atomic operation.
///
/// Nobody waits in vain: who waits is counted before he looks at `idle`, who gives back adds
/// to `idle` before he looks at `waiting`, so that one of them sees the other.
// On cache lines of its own, for what lies beside it is read by every thread.
#[repr(align(128))]
pub(crate) struct Free {
    /// Those that are nobody's.
    idle: AtomicU32,
    /// Callers in the queue.
    waiting: AtomicU32,
    /// Those for the callers that wait.
    queue: Semaphore,
}

impl Free {
    fn new(places: u32) -> Self {
        Free {
            idle: AtomicU32::new(places),
            waiting: AtomicU32::new(0),
            queue: Semaphore::new(0),
        }
    }

    /// Waits for so many places, and takes them; whoever calls it gives them back.
    pub(crate) async fn take(&self, places: u32) {
        if self.take_idle(places) {
            return;
        }
        let _waiting = Waiting::new(self);
        self.pass_on();
        // It is never closed.
        if let Ok(taken) = self.queue.acquire_many(places).await {
            taken.forget();
        }
    }

    pub(crate) fn give_back(&self, places: u32) {
        self.idle.fetch_add(places, SeqCst);
        if self.waiting.load(SeqCst) > 0 {
            self.pass_on();
        }
    }

    /// Takes them if they are there and nobody came before.
    fn take_idle(&self, places: u32) -> bool {
        if self.waiting.load(SeqCst) > 0 {
            return false;
        }
        let rest = |idle: u32| idle.checked_sub(places);
        self.idle.fetch_update(SeqCst, SeqCst, rest).is_ok()
    }

    /// Gives to those who wait what is nobody's.
    fn pass_on(&self) {
        let idle = self.idle.swap(0, SeqCst);
        if idle > 0 {
            self.queue.add_permits(idle as usize);
        }
    }
}

/// A caller in the queue, until it has its places or has gone.
struct Waiting<'a>(&'a Free);

impl<'a> Waiting<'a> {
    fn new(free: &'a Free) -> Self {
        free.waiting.fetch_add(1, SeqCst);
        Waiting(free)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::Free;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::time::Duration;
    use tokio::time::timeout;

    /// Of threads that take and give back in a hurry, some leaving the queue, never more
    /// have a place than there are, and none is left without for ever.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn never_too_many_and_nobody_forgotten() {
        const PLACES: u32 = 3;
        let (free, taken) = (Arc::new(Free::new(PLACES)), Arc::new(AtomicU32::new(0)));
        let hurry = (0..8u32).map(|task| {
            let (free, taken) = (free.clone(), taken.clone());
            tokio::spawn(async move {
                for turn in 0..2000 {
                    let weight = 1 + (task + turn) % PLACES;
                    let mut wait = std::pin::pin!(free.take(weight));
                    if turn % 7 == 0 {
                        // Leaves, unless it is its turn at once.
                        let none = timeout(Duration::ZERO, wait.as_mut()).await.is_err();
                        if none {
                            continue;
                        }
                    } else {
                        wait.await;
                    }
                    let now = taken.fetch_add(weight, SeqCst) + weight;
                    assert!(now <= PLACES, "{now} of {PLACES}");
                    if turn % 3 == 0 {
                        tokio::task::yield_now().await;
                    }
                    taken.fetch_sub(weight, SeqCst);
                    free.give_back(weight);
                }
            })
        });
        for task in hurry.collect::<Vec<_>>() {
            let ended = timeout(Duration::from_secs(60), task).await;
            ended.expect("nobody is forgotten").unwrap();
        }
        timeout(Duration::from_secs(60), free.take(PLACES))
            .await
            .expect("all are free at the end");
    }
}

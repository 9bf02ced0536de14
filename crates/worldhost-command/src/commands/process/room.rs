//! Room for results that are done before it is their turn.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use tokio::sync::Notify;

/// Counts the bytes of results that wait, so that none is begun that would have to wait for
/// long with them.
#[derive(Default)]
pub struct Room {
    held: AtomicUsize,
    /// The number of the input whose turn it is.
    next: AtomicU64,
    moved: Notify,
}

/// With so many bytes of results that wait, no other is begun but the next.
const HELD: usize = 16 << 20;

impl Room {
    /// Waits until the input of this number may be begun.
    pub async fn wait_for(&self, number: u64) {
        loop {
            let mut moved = std::pin::pin!(self.moved.notified());
            // What moves from here on is not missed.
            moved.as_mut().enable();
            if number <= self.next.load(SeqCst) || self.held.load(SeqCst) < HELD {
                return;
            }
            moved.await;
        }
    }

    /// A result is there.
    pub fn put(&self, result: &anyhow::Result<String>) {
        self.held.fetch_add(bytes(result), SeqCst);
    }

    /// It was its turn.
    pub fn take(&self, result: &anyhow::Result<String>) {
        self.held.fetch_sub(bytes(result), SeqCst);
        self.next.fetch_add(1, SeqCst);
        self.moved.notify_waiters();
    }
}

fn bytes(result: &anyhow::Result<String>) -> usize {
    result.as_ref().map_or(0, String::capacity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    async fn may_begin(room: &Room, number: u64) -> bool {
        let begun = timeout(Duration::from_millis(20), room.wait_for(number));
        begun.await.is_ok()
    }

    #[tokio::test]
    async fn while_much_waits_the_next_alone_is_begun() {
        let room = Room::default();
        assert!(may_begin(&room, 3).await);
        let large = Ok("x".repeat(HELD));
        room.put(&large);
        assert!(may_begin(&room, 0).await);
        assert!(!may_begin(&room, 1).await);
        let small = Ok(String::new());
        room.put(&small);
        room.take(&small);
        assert!(may_begin(&room, 1).await);
        assert!(!may_begin(&room, 2).await);
        let (_, begun) = tokio::join!(
            async { room.take(&large) },
            timeout(Duration::from_secs(10), room.wait_for(9))
        );
        begun.unwrap();
    }
}

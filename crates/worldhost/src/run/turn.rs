//! Who is let in: whoever has a place, until the instances are drained.

use crate::engine::places::Free;
use crate::error::{Error, Result};
use crate::load::component::Component;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use tokio::sync::Notify;

/// The entrance of one [`Instances`](crate::Instances).
pub(super) struct Gate {
    /// The engine's places, which it shares with other components.
    places: Arc<Free>,
    /// How many of them an instance takes.
    weight: u32,
    /// How many are inside.
    inside: AtomicU32,
    closed: AtomicBool,
    /// Told when nobody is inside of a closed gate.
    empty: Notify,
}

/// A place inside, given back when this is dropped.
pub(super) struct Turn(Arc<Gate>);

impl Gate {
    pub(super) fn new<T: Send + 'static>(component: &Component<T>) -> Self {
        let (places, weight) = component.places();
        Gate {
            places: places.clone(),
            weight,
            inside: AtomicU32::new(0),
            closed: AtomicBool::new(false),
            empty: Notify::new(),
        }
    }

    /// Waits for a place; none once [`Gate::drain`] was called.
    pub(super) async fn turn(self: &Arc<Self>, component: &str) -> Result<Turn> {
        self.places.take(self.weight).await;
        self.inside.fetch_add(1, SeqCst);
        let turn = Turn(self.clone());
        match self.closed.load(SeqCst) {
            false => Ok(turn),
            true => Err(Error::Draining {
                name: component.to_string(),
            }),
        }
    }

    /// Lets nobody in any more, and waits until nobody is inside.
    pub(super) async fn drain(&self) {
        self.closed.store(true, SeqCst);
        loop {
            let mut emptied = std::pin::pin!(self.empty.notified());
            // Told from now on, before it is looked whether anybody is inside.
            emptied.as_mut().enable();
            if self.inside.load(SeqCst) == 0 {
                return;
            }
            emptied.await;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let gate = &*self.0;
        gate.places.give_back(gate.weight);
        if gate.inside.fetch_sub(1, SeqCst) == 1 && gate.closed.load(SeqCst) {
            gate.empty.notify_waiters();
        }
    }
}

//! Who may have an instance: as many as there are places, in the order in which they came.

use crate::error::{Error, Result};
use crate::load::component::Component;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places of one [`Instances`](crate::Instances).
pub(super) struct Gate {
    /// The engine's places, which it shares with other components.
    places: Arc<Semaphore>,
    /// How many of them an instance takes.
    weight: u32,
    /// A permit for each that has a place; all of them, once nobody is let in any more.
    inside: Arc<Semaphore>,
}

/// A place, given back when this is dropped.
pub(super) struct Turn {
    _inside: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// More than can be inside.
const ALL: u32 = u32::MAX >> 3;

impl Gate {
    pub(super) fn new<T: Send + 'static>(component: &Component<T>) -> Self {
        let (places, weight) = component.places();
        Gate {
            places: places.clone(),
            weight,
            inside: Arc::new(Semaphore::new(ALL as usize)),
        }
    }

    /// Waits for a place; none once [`Gate::drain`] was called.
    pub(super) async fn turn(&self, component: &str) -> Result<Turn> {
        let draining = || Error::Draining {
            name: component.to_string(),
        };
        let place = self.places.clone().acquire_many_owned(self.weight).await;
        let place = place.map_err(|_| draining())?;
        // Who waits to drain has taken all that were left.
        let inside = self.inside.clone().try_acquire_owned();
        Ok(Turn {
            _inside: inside.map_err(|_| draining())?,
            _place: place,
        })
    }

    /// Lets nobody in any more, and waits until nobody is inside.
    pub(super) async fn drain(&self) {
        if let Ok(all) = self.inside.acquire_many(ALL).await {
            all.forget();
        }
    }
}

//! Who is handled now, who waits, and who is sent away.

use crate::metrics::Metrics;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places for requests, and a queue in front of them.
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    all: u32,
    waiting: AtomicUsize,
    queue: usize,
    patience: Duration,
}

/// A place, given back when this is dropped.
pub(crate) type Place = OwnedSemaphorePermit;

impl Admission {
    pub(crate) fn new(places: usize, queue: usize, patience: Duration) -> Self {
        let all = u32::try_from(places.max(1)).unwrap_or(u32::MAX);
        let all = all.min(Semaphore::MAX_PERMITS.try_into().unwrap_or(u32::MAX));
        Admission {
            places: Arc::new(Semaphore::new(all as usize)),
            all,
            waiting: AtomicUsize::new(0),
            queue,
            patience,
        }
    }

    /// A place, in the order of arrival; none when too many wait, or it took too long.
    pub(crate) async fn enter(&self, metrics: &Metrics) -> Option<Place> {
        if let Ok(place) = self.places.clone().try_acquire_owned() {
            return Some(place);
        }
        let _waiting = Waiting::join(self)?;
        let _counted = metrics.queue().counted();
        let place = self.places.clone().acquire_owned();
        tokio::time::timeout(self.patience, place).await.ok()?.ok()
    }

    /// Waits until nobody has a place.
    pub(crate) async fn is_empty(&self) {
        // It is never closed.
        let _ = self.places.acquire_many(self.all).await;
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn join(admission: &'a Admission) -> Option<Self> {
        let waiting = Waiting(&admission.waiting);
        // Its end takes it away again, also if it was one too many.
        (admission.waiting.fetch_add(1, Relaxed) < admission.queue).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_too_many_is_sent_away_at_once() {
        let metrics = Metrics::default();
        let admission = Admission::new(1, 1, Duration::from_secs(60));
        let place = admission.enter(&metrics).await.unwrap();
        let mut second = Box::pin(admission.enter(&metrics));
        assert!(futures_poll(&mut second).await.is_none());
        assert_eq!(metrics.queued(), 1);
        assert!(admission.enter(&metrics).await.is_none());
        drop(place);
        assert!(second.await.is_some());
        assert_eq!(metrics.queued(), 0);
        // Whoever was sent away has left nothing behind.
        let _place = admission.enter(&metrics).await.unwrap();
        assert_eq!(admission.waiting.load(Relaxed), 0);
    }

    #[tokio::test]
    async fn patience_has_an_end() {
        let metrics = Metrics::default();
        let admission = Admission::new(1, 1, Duration::from_millis(1));
        let _place = admission.enter(&metrics).await.unwrap();
        assert!(admission.enter(&metrics).await.is_none());
    }

    /// What a future gives when it is polled once.
    async fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}

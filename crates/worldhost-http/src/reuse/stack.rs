//! Instances between two requests, each for one at a time.

use crate::guest::Proxy;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use worldhost::Live;

/// Instances without a request. The one that was used last is taken first.
pub(crate) struct Stack<T: Send + 'static> {
    idle: Mutex<Idle<T>>,
    /// So many requests each.
    requests: usize,
    keep: Duration,
}

struct Idle<T: Send + 'static> {
    instances: Vec<(Used<T>, Instant)>,
    /// Whether somebody is there to let go of those that are not used.
    swept: bool,
}

/// An instance, and how many requests it has handled.
pub(crate) struct Used<T: Send + 'static> {
    pub(crate) live: Live<Proxy, T>,
    requests: usize,
}

impl<T: Send + 'static> Used<T> {
    pub(crate) fn never(live: Live<Proxy, T>) -> Self {
        Used { live, requests: 0 }
    }
}

impl<T: Send + 'static> Stack<T> {
    pub(crate) fn new(requests: usize, keep: Duration) -> Self {
        Stack {
            idle: Mutex::new(Idle {
                instances: Vec::new(),
                swept: false,
            }),
            requests,
            keep,
        }
    }

    pub(crate) fn take(&self) -> Option<Used<T>> {
        self.idle().instances.pop().map(|(used, _)| used)
    }

    /// Keeps an instance that has handled one more, if it may handle another.
    pub(crate) fn put(self: &Arc<Self>, mut used: Used<T>) {
        used.requests += 1;
        if used.requests >= self.requests || !used.live.is_alive() {
            return;
        }
        let mut idle = self.idle();
        idle.instances.push((used, Instant::now()));
        if !idle.swept {
            idle.swept = true;
            tokio::spawn(sweep(Arc::downgrade(self), self.keep));
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle<T>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes those that nobody used for a while; none when no instance is left.
    fn old(&self) -> Option<Vec<(Used<T>, Instant)>> {
        let mut idle = self.idle();
        // The first are those that were used least.
        let instances = &idle.instances;
        let old = instances.partition_point(|(_, since)| since.elapsed() >= self.keep);
        let old = idle.instances.drain(..old).collect();
        if idle.instances.is_empty() {
            idle.swept = false;
            return None;
        }
        Some(old)
    }
}

/// Lets go of instances that are not used, as long as there are some.
async fn sweep<T: Send + 'static>(stack: Weak<Stack<T>>, keep: Duration) {
    loop {
        tokio::time::sleep(keep.max(SHORT)).await;
        let Some(stack) = stack.upgrade() else {
            return;
        };
        if stack.old().is_none() {
            return;
        }
    }
}

const SHORT: Duration = Duration::from_millis(10);

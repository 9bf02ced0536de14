//! Instances that have several requests at a time.

use crate::guest::Proxy;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};
use worldhost::{Live, Result, Shared};

/// Instances whose requests overlap.
pub(crate) struct Crew<T: Send + 'static> {
    state: Mutex<State<T>>,
    /// Held by who makes an instance.
    making: tokio::sync::Mutex<()>,
    requests: usize,
    at_a_time: usize,
    keep: Duration,
    /// An instance computes on one core.
    cores: usize,
}

struct State<T: Send + 'static> {
    members: Vec<Member<T>>,
    swept: bool,
}

struct Member<T: Send + 'static> {
    shared: Shared<Proxy, T>,
    begun: usize,
    /// Everybody who has a request there has a clone.
    busy: Arc<()>,
    idle_since: Option<Instant>,
}

/// A share of an instance.
pub(crate) struct Share<T: Send + 'static> {
    pub(crate) shared: Shared<Proxy, T>,
    /// Whether this is the first of its instance.
    pub(crate) first: bool,
    _busy: Arc<()>,
}

impl<T: Send + 'static> Member<T> {
    fn busy(&self) -> usize {
        Arc::strong_count(&self.busy) - 1
    }
}

impl<T: Send + 'static> Crew<T> {
    pub(crate) fn new(requests: usize, at_a_time: usize, keep: Duration) -> Self {
        Crew {
            state: Mutex::new(State {
                members: Vec::new(),
                swept: false,
            }),
            making: tokio::sync::Mutex::default(),
            requests,
            at_a_time,
            keep,
            cores: available_parallelism().map_or(1, usize::from),
        }
    }

    /// A share of an instance that has room; or of a new one, which `make` makes.
    pub(crate) async fn share(
        self: &Arc<Self>,
        make: impl Future<Output = Result<Live<Proxy, T>>>,
    ) -> Result<Share<T>> {
        if let Some(share) = self.present() {
            return Ok(share);
        }
        // Of many who come at once one makes it, and the others find it.
        let _one = self.making.lock().await;
        if let Some(share) = self.present() {
            return Ok(share);
        }
        let shared = make.await?.share(self.at_a_time)?;
        Ok(self.join(shared))
    }

    fn present(&self) -> Option<Share<T>> {
        let mut state = self.state();
        state.members.retain(|member| member.shared.is_alive());
        let open = |member: &&mut Member<T>| {
            member.begun < self.requests && member.busy() < self.at_a_time
        };
        let wide = state.members.len() >= self.cores;
        let least = state.members.iter_mut().filter(open);
        let member = least.min_by_key(|member| member.busy())?;
        // Before one has two, there is one for each core.
        (wide || member.busy() == 0).then(|| Self::give(member))
    }

    fn give(member: &mut Member<T>) -> Share<T> {
        let first = member.begun == 0;
        member.begun += 1;
        member.idle_since = None;
        Share {
            shared: member.shared.clone(),
            first,
            _busy: member.busy.clone(),
        }
    }

    fn join(self: &Arc<Self>, shared: Shared<Proxy, T>) -> Share<T> {
        let mut member = Member {
            shared,
            begun: 0,
            busy: Arc::default(),
            idle_since: None,
        };
        let share = Self::give(&mut member);
        let mut state = self.state();
        state.members.push(member);
        if !state.swept {
            state.swept = true;
            tokio::spawn(sweep(Arc::downgrade(self), self.keep));
        }
        share
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes those without a request for a while; none when there are no others.
    fn old(&self) -> Option<Vec<Member<T>>> {
        let mut state = self.state();
        let now = Instant::now();
        let old = state.members.extract_if(.., |member| {
            if member.busy() > 0 {
                return false;
            }
            let since = *member.idle_since.get_or_insert(now);
            now.duration_since(since) >= self.keep
        });
        let old = old.collect();
        if state.members.is_empty() {
            state.swept = false;
            return None;
        }
        Some(old)
    }
}

async fn sweep<T: Send + 'static>(crew: Weak<Crew<T>>, keep: Duration) {
    loop {
        tokio::time::sleep((keep / 2).max(SHORT)).await;
        let Some(crew) = crew.upgrade() else {
            return;
        };
        if crew.old().is_none() {
            return;
        }
    }
}

const SHORT: Duration = Duration::from_millis(10);

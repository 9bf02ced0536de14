//! What a store may do so much of, and of which nothing is given back.

use crate::policy::limits::{Limit, LimitHit, Limits, Reached};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Counts towards one limit, if there is one. Clones are one.
#[derive(Clone)]
pub(crate) struct Meter(Option<Arc<Count>>);

struct Count {
    hit: LimitHit,
    used: AtomicU64,
}

/// More than can be counted: something was refused.
const OVER: u64 = u64::MAX;

impl Meter {
    pub(super) fn new(limit: Limit, limits: &Limits) -> Self {
        let count = limit.of(limits).map(|value| Count {
            hit: LimitHit::new(limit, value),
            used: AtomicU64::new(0),
        });
        Meter(count.map(Arc::new))
    }

    /// Counts so many more, or nothing more ever again.
    pub(super) fn add(&self, more: usize) -> Result<(), Reached> {
        let Some(count) = &self.0 else {
            return Ok(());
        };
        let added = count.used.fetch_update(Relaxed, Relaxed, |used| {
            let used = used.checked_add(more as u64)?;
            (used <= count.hit.value).then_some(used)
        });
        match added {
            Ok(_) => Ok(()),
            Err(_) => {
                count.used.store(OVER, Relaxed);
                Err(count.hit.wanting(format_args!("{more} bytes more")))
            }
        }
    }

    /// How much more may be counted.
    pub(super) fn left(&self) -> usize {
        match &self.0 {
            None => usize::MAX,
            Some(count) => {
                let left = count.hit.value.saturating_sub(count.used.load(Relaxed));
                usize::try_from(left).unwrap_or(usize::MAX)
            }
        }
    }

    /// Whether something is counted at all.
    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// The limit, once something was refused.
    pub(super) fn over(&self) -> Option<LimitHit> {
        let count = self.0.as_ref()?;
        (count.used.load(Relaxed) == OVER).then_some(count.hit)
    }
}

/// So many in any one second, if there is such a limit.
pub(super) struct Rate(Option<Box<Second>>);

struct Second {
    hit: LimitHit,
    /// When it began, and how many there were in it.
    now: Mutex<(Instant, u64)>,
}

impl Rate {
    pub(super) fn new(limit: Limit, limits: &Limits) -> Self {
        let second = limit.of(limits).map(|value| Second {
            hit: LimitHit::new(limit, value),
            now: Mutex::new((Instant::now(), 0)),
        });
        Rate(second.map(Box::new))
    }

    /// One more.
    pub(super) fn add(&self) -> Result<(), Reached> {
        let Some(second) = &self.0 else {
            return Ok(());
        };
        let mut now = second.now.lock().unwrap_or_else(|lock| lock.into_inner());
        let (since, count) = &mut *now;
        if since.elapsed() >= Duration::from_secs(1) {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        match *count <= second.hit.value {
            true => Ok(()),
            false => Err(second.hit.wanting(format_args!("line {count} of a second"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            disk_bytes: Some(10),
            log_lines: Some(2),
            ..Limits::default()
        }
    }

    #[test]
    fn after_a_refusal_there_is_nothing_more() {
        let meter = Meter::new(Limit::Disk, &limits());
        meter.add(10).unwrap();
        assert_eq!(meter.over(), None);
        assert_eq!(meter.add(1).unwrap_err().hit.value, 10);
        meter.add(0).unwrap_err();
        assert_eq!(meter.over(), Some(LimitHit::new(Limit::Disk, 10)));
        let large = Meter::new(Limit::Disk, &limits());
        large.add(5).unwrap();
        large.add(usize::MAX).unwrap_err();
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let meter = Meter::new(Limit::Output, &limits());
        assert!(!meter.is_on());
        meter.add(usize::MAX).unwrap();
        meter.add(usize::MAX).unwrap();
        assert_eq!(meter.over(), None);
    }

    #[test]
    fn a_rate_is_by_the_second() {
        let rate = Rate::new(Limit::LogLines, &limits());
        rate.add().unwrap();
        rate.add().unwrap();
        assert_eq!(rate.add().unwrap_err().hit.value, 2);
        let second = rate.0.as_ref().unwrap();
        let before = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
        second.now.lock().unwrap().0 = before;
        rate.add().unwrap();
    }
}

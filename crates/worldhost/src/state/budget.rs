//! How much of the host's own memory a store may have others keep for it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A number of bytes, and what of it is taken. Clones are one.
#[derive(Clone)]
pub(crate) struct Budget(Arc<Bytes>);

struct Bytes {
    limit: usize,
    taken: AtomicUsize,
}

/// Bytes of a [`Budget`], given back when this is dropped.
pub(crate) struct Charge {
    of: Budget,
    bytes: usize,
}

/// A [`Budget`] has not that much left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent;

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host keeps too much for it")
    }
}

impl std::error::Error for Spent {}

impl Budget {
    pub(crate) fn new(limit: usize) -> Self {
        Budget(Arc::new(Bytes {
            limit,
            taken: AtomicUsize::new(0),
        }))
    }

    pub(crate) fn nothing(&self) -> Charge {
        Charge {
            of: self.clone(),
            bytes: 0,
        }
    }

    /// What is not taken.
    pub(super) fn left(&self) -> usize {
        self.0.limit.saturating_sub(self.0.taken.load(Relaxed))
    }
}

impl Charge {
    /// Takes so many more.
    pub(crate) fn add(&mut self, bytes: usize) -> Result<(), Spent> {
        let Bytes { limit, taken } = &*self.of.0;
        let added = taken.fetch_update(Relaxed, Relaxed, |taken| {
            taken.checked_add(bytes).filter(|taken| taken <= limit)
        });
        added.map_err(|_| Spent)?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.of.0.taken.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charge_is_given_back() {
        let budget = Budget::new(10);
        let mut one = budget.nothing();
        one.add(6).unwrap();
        let mut other = budget.nothing();
        other.add(5).unwrap_err();
        other.add(usize::MAX).unwrap_err();
        other.add(4).unwrap();
        assert_eq!(budget.left(), 0);
        drop(one);
        assert_eq!(budget.left(), 6);
    }
}

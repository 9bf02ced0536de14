//! What is left of each limit.

use crate::policy::load_limits::{LoadLimit, LoadLimitHit, LoadLimits};
use wasmparser::BinaryReaderError;

pub(super) type Result<T, E = LoadLimitHit> = std::result::Result<T, E>;

/// Why reading ends before the end.
pub(super) enum Stop {
    Limit(LoadLimitHit),
    /// It cannot be read from here on.
    Unreadable,
}

impl From<LoadLimitHit> for Stop {
    fn from(hit: LoadLimitHit) -> Self {
        Stop::Limit(hit)
    }
}

impl From<BinaryReaderError> for Stop {
    fn from(_: BinaryReaderError) -> Self {
        Stop::Unreadable
    }
}

pub(super) struct Budget<'a> {
    limits: &'a LoadLimits,
    instances: u64,
    items: u64,
    functions: u64,
    locals: u64,
    data: u64,
}

/// Takes from what is left, and names the limit if that is too little.
fn take(left: &mut u64, n: u64, hit: impl FnOnce() -> LoadLimitHit) -> Result<()> {
    *left = left.checked_sub(n).ok_or_else(hit)?;
    Ok(())
}

impl<'a> Budget<'a> {
    pub(super) fn new(limits: &'a LoadLimits) -> Self {
        Budget {
            limits,
            instances: limits.instances,
            items: limits.items,
            functions: limits.functions,
            locals: limits.locals,
            data: limits.data,
        }
    }

    pub(super) fn size(&self, bytes: u64) -> Result<()> {
        match bytes <= self.limits.size {
            true => Ok(()),
            false => Err(self.limits.hit(LoadLimit::Size)),
        }
    }

    /// Of something that is so deep in others.
    pub(super) fn nesting(&self, depth: usize) -> Result<()> {
        let most = self.limits.nesting.min(LoadLimits::MAX_NESTING);
        match depth <= most as usize {
            true => Ok(()),
            false => Err(LoadLimitHit::new(LoadLimit::Nesting, most.into())),
        }
    }

    pub(super) fn instance(&mut self) -> Result<()> {
        take(&mut self.instances, 1, || {
            self.limits.hit(LoadLimit::Instances)
        })
    }

    pub(super) fn items(&mut self, n: u64) -> Result<()> {
        take(&mut self.items, n, || self.limits.hit(LoadLimit::Items))
    }

    pub(super) fn functions(&mut self, n: u64) -> Result<()> {
        take(&mut self.functions, n, || {
            self.limits.hit(LoadLimit::Functions)
        })
    }

    pub(super) fn locals(&mut self, n: u64) -> Result<()> {
        take(&mut self.locals, n, || self.limits.hit(LoadLimit::Locals))
    }

    pub(super) fn data(&mut self, n: u64) -> Result<()> {
        take(&mut self.data, n, || self.limits.hit(LoadLimit::Data))
    }
}

//! What is left of each limit.

use crate::policy::load_limits::{LoadLimit, LoadLimits};
use wasmparser::BinaryReaderError;

pub(super) type Result<T, E = LoadLimit> = std::result::Result<T, E>;

/// Why reading ends before the end.
pub(super) enum Stop {
    Limit(LoadLimit),
    /// It cannot be read from here on.
    Unreadable,
}

impl From<LoadLimit> for Stop {
    fn from(limit: LoadLimit) -> Self {
        Stop::Limit(limit)
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
fn take(left: &mut u64, n: u64, limit: LoadLimit) -> Result<()> {
    *left = left.checked_sub(n).ok_or(limit)?;
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
            false => Err(LoadLimit::Size(self.limits.size)),
        }
    }

    /// Of something that is so deep in others.
    pub(super) fn nesting(&self, depth: usize) -> Result<()> {
        let most = self.limits.nesting.min(LoadLimits::MAX_NESTING);
        match depth <= most as usize {
            true => Ok(()),
            false => Err(LoadLimit::Nesting(most)),
        }
    }

    pub(super) fn instance(&mut self) -> Result<()> {
        let limit = LoadLimit::Instances(self.limits.instances);
        take(&mut self.instances, 1, limit)
    }

    pub(super) fn items(&mut self, n: u64) -> Result<()> {
        take(&mut self.items, n, LoadLimit::Items(self.limits.items))
    }

    pub(super) fn functions(&mut self, n: u64) -> Result<()> {
        let limit = LoadLimit::Functions(self.limits.functions);
        take(&mut self.functions, n, limit)
    }

    pub(super) fn locals(&mut self, n: u64) -> Result<()> {
        take(&mut self.locals, n, LoadLimit::Locals(self.limits.locals))
    }

    pub(super) fn data(&mut self, n: u64) -> Result<()> {
        take(&mut self.data, n, LoadLimit::Data(self.limits.data))
    }
}

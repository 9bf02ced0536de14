//! Weighs what the host keeps behind a store's handles.

use super::budget::Budget;
use std::any::Any;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream};
#[cfg(feature = "http")]
use wasmtime_wasi_http::FieldMap;

/// Counts calls of WASI's functions and, before what they can have added is more than what
/// was left, weighs everything. So it costs a call next to nothing, and the more the nearer
/// the end.
pub(super) struct Audit {
    budget: Budget,
    /// What one call can add at the most.
    step: usize,
    /// So many calls until the next.
    calls: usize,
    over: bool,
}

/// A handle and what is in it, if nothing else is known.
const HANDLE: usize = 512;

/// What a stream of WASI 0.2 can have read ahead, or taken of the guest and not written.
const STREAM: usize = 64 << 10;

impl Audit {
    pub(super) fn new(budget: Budget, http_fields_bytes: usize) -> Self {
        let step = STREAM.max(http_fields_bytes);
        let calls = budget.left() / step;
        Audit {
            budget,
            step,
            calls,
            over: false,
        }
    }

    /// A function of WASI is called: whether there is too much for it.
    pub(super) fn call(&mut self, table: &mut ResourceTable) -> bool {
        match self.calls.checked_sub(1) {
            Some(calls) => self.calls = calls,
            None => self.weigh(table),
        }
        self.over
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    fn weigh(&mut self, table: &mut ResourceTable) {
        let weight: usize = table.iter_mut().map(|entry| weight(entry)).sum();
        match self.budget.left().checked_sub(weight) {
            Some(left) => self.calls = left / self.step,
            None => self.over = true,
        }
    }
}

fn weight(entry: &(dyn Any + Send)) -> usize {
    if entry.is::<DynInputStream>() || entry.is::<DynOutputStream>() {
        return STREAM;
    }
    #[cfg(feature = "http")]
    if let Some(fields) = fields(entry) {
        return HANDLE
            + fields
                .iter()
                .map(|(name, value)| FIELD + name.as_str().len() + value.len())
                .sum::<usize>();
    }
    HANDLE
}

/// What a field takes beside its name and value.
#[cfg(feature = "http")]
const FIELD: usize = 128;

#[cfg(feature = "http")]
fn fields(entry: &(dyn Any + Send)) -> Option<&FieldMap> {
    use wasmtime_wasi_http::p2::types::{
        HostIncomingResponse, HostOutgoingRequest, HostOutgoingResponse,
    };
    let of_p2 = None
        .or_else(|| entry.downcast_ref())
        .or_else(|| Some(&entry.downcast_ref::<HostOutgoingRequest>()?.headers))
        .or_else(|| Some(&entry.downcast_ref::<HostOutgoingResponse>()?.headers))
        .or_else(|| Some(&entry.downcast_ref::<HostIncomingResponse>()?.headers));
    #[cfg(feature = "p3")]
    let of_p2 = {
        use wasmtime_wasi_http::p3::{Request, Response};
        of_p2
            .or_else(|| Some(&entry.downcast_ref::<Request>()?.headers))
            .or_else(|| Some(&entry.downcast_ref::<Response>()?.headers))
    };
    of_p2
}

//! Weighs what the host keeps behind a store's handles.

use super::budget::Budget;
use std::any::Any;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream};
#[cfg(feature = "http")]
use wasmtime_wasi_http::FieldMap;

/// Counts what each call of WASI's functions can have added at the most and, before that is
/// more than what was left, weighs everything. So it costs a call next to nothing, and near the
/// end no more for many entries than for some: see [`SPARE`].
pub(super) struct Audit {
    budget: Budget,
    /// The most that one set of HTTP fields takes.
    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "without HTTP"))]
    fields: usize,
    /// What was left when everything was weighed, less what may have been added.
    left: usize,
    over: bool,
}

/// A handle and what is in it, if nothing else is known.
const HANDLE: usize = 512;

/// What a stream of WASI 0.2 can have read ahead, or taken of the guest and not written.
const STREAM: usize = 64 << 10;

/// What is left has to be this part of what is kept. To weigh everything takes as long as there
/// is much, and then there are as many more calls before the next time.
const SPARE: usize = 16;

impl Audit {
    pub(super) fn new(budget: Budget, http_fields_bytes: usize) -> Self {
        Audit {
            left: budget.left(),
            budget,
            fields: http_fields_bytes,
            over: false,
        }
    }

    /// A function of WASI is called: whether there is too much for it.
    pub(super) fn call(&mut self, table: &mut ResourceTable) -> bool {
        self.adds(STREAM, table)
    }

    /// The same for one of `wasi:http`.
    #[cfg(feature = "http")]
    pub(super) fn http_call(&mut self, table: &mut ResourceTable) -> bool {
        self.adds(CONNECTION.saturating_add(self.fields), table)
    }

    fn adds(&mut self, most: usize, table: &mut ResourceTable) -> bool {
        match self.left.checked_sub(most) {
            Some(left) => self.left = left,
            None => self.weigh(table, most),
        }
        self.over
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    fn weigh(&mut self, table: &mut ResourceTable, most: usize) {
        let weight: usize = table.iter_mut().map(|entry| weight(entry)).sum();
        match self.budget.left().checked_sub(weight) {
            Some(left) if left >= weight / SPARE => self.left = left.saturating_sub(most),
            _ => self.over = true,
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
            + connection(entry)
            + fields
                .iter()
                .map(|(name, value)| FIELD + name.as_str().len() + value.len())
                .sum::<usize>();
    }
    #[cfg(feature = "http")]
    return HANDLE + connection(entry);
    #[cfg(not(feature = "http"))]
    HANDLE
}

/// What a connection can have read ahead for who does not read.
#[cfg(feature = "http")]
const CONNECTION: usize = 512 << 10;

/// What is under way of a request, a connection's part included.
#[cfg(feature = "http")]
fn connection(entry: &(dyn Any + Send)) -> usize {
    use wasmtime_wasi_http::p2::body::HostIncomingBody;
    use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, HostIncomingResponse};
    let under_way = entry.is::<HostFutureIncomingResponse>()
        || entry.is::<HostIncomingResponse>()
        || entry.is::<HostIncomingBody>();
    #[cfg(feature = "p3")]
    let under_way = under_way || entry.is::<wasmtime_wasi_http::p3::Response>();
    match under_way {
        true => CONNECTION,
        false => 0,
    }
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

#[cfg(all(test, feature = "http"))]
mod tests {
    use super::*;
    use http_body_util::{BodyExt, Empty};
    use wasmtime_wasi_http::p2::body::HostIncomingBody;

    fn body() -> HostIncomingBody {
        let empty = Empty::new().map_err(|never| match never {});
        HostIncomingBody::new(empty.boxed_unsync())
    }

    /// How many of these a budget of 16 MiB is for.
    fn fit<E: Send + 'static>(entry: impl Fn() -> E) -> usize {
        let mut audit = Audit::new(Budget::new(16 << 20), 128 << 10);
        let mut table = ResourceTable::new();
        let mut count = 0;
        while !audit.http_call(&mut table) {
            table.push(entry()).unwrap();
            count += 1;
        }
        count
    }

    #[test]
    fn what_a_connection_has_read_is_counted() {
        let bodies = fit(body);
        assert!((28..=32).contains(&bodies), "{bodies}");
        // Each time that everything is weighed, there is room for as many more as a part of
        // that: the last of it is not given out.
        let handles = fit(|| ());
        let all = (16 << 20) / HANDLE;
        assert!(handles > all * 9 / 10, "{handles} of {all}");
        assert!(
            handles <= all * SPARE / (SPARE + 1) + 1,
            "{handles} of {all}"
        );
    }

    #[test]
    fn what_is_dropped_does_not_count() {
        let mut audit = Audit::new(Budget::new(16 << 20), 128 << 10);
        let mut table = ResourceTable::new();
        for _ in 0..10_000 {
            let one = table.push(body()).unwrap();
            assert!(!audit.http_call(&mut table));
            table.delete(one).unwrap();
        }
    }
}

//! What a store holds: WASI, the limits and the embedder's own data.

use crate::limits::Limiter;
use crate::network::HttpGate;
use crate::stdio::Tail;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// The data of every store: WASI's context, the resource table, the limits and
/// a `T` of the embedder's own.
///
/// Generated `Host` traits are implemented on this one type, which is allowed
/// because the trait is local to the crate that calls `bindgen!`:
///
/// ```ignore
/// impl my::pkg::iface::Host for worldhost::State<MyData> { /* ... */ }
/// my::pkg::iface::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
/// ```
pub struct State<T> {
    pub(crate) wasi: WasiCtx,
    pub(crate) http: WasiHttpCtx,
    pub(crate) http_gate: HttpGate,
    pub(crate) table: ResourceTable,
    pub(crate) limiter: Limiter,
    pub(crate) stderr: Tail,
    pub(crate) data: T,
}

impl<T> State<T> {
    /// The embedder's own data.
    pub fn data(&self) -> &T {
        &self.data
    }

    /// The embedder's own data, to change.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.data
    }

    /// The table that maps the guest's handles to host resources. WASI's are in
    /// it too.
    pub fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    /// The data and the table at once, for host functions that need both.
    pub fn split(&mut self) -> (&mut T, &mut ResourceTable) {
        (&mut self.data, &mut self.table)
    }
}

impl<T: Send> WasiView for State<T> {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl<T: Send> WasiHttpView for State<T> {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.http_gate,
        }
    }
}

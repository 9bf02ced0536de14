//! What a store holds: WASI, the limits and the embedder's own data.

use super::audit::Audit;
use super::budget::Budget;
use super::context::{self, Streams};
#[cfg(feature = "http")]
use super::http_gate::HttpGate;
use super::limiter::Limiter;
use super::line;
use super::meter::{Meter, Rate};
use super::printed::Printed;
use super::sink::Tail;
use crate::error::Result;
use crate::outlet::Outlet;
use crate::policy::limits::{Limit, LimitHit, Limits};
use crate::policy::network::Network;
use crate::policy::resolver::Resolver;
use crate::policy::room::Room;
use crate::policy::sandbox::Sandbox;
use std::sync::Arc;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
#[cfg(feature = "http")]
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// The data of every store: WASI's context, the resource table, the limits and
/// a `T` of the embedder's own.
///
/// Generated `Host` traits are implemented on this one type, which is allowed
/// because the trait is local to the crate that calls `bindgen!`:
///
/// ```
/// # mod bindings {
/// #     wasmtime::component::bindgen!({
/// #         inline: "package a:b; interface clock { now: func() -> u64; } world w { import clock; }",
/// #         imports: { default: async | trappable },
/// #     });
/// # }
/// use bindings::a::b::clock;
/// use wasmtime::component::HasSelf;
/// use worldhost::{Runtime, State};
///
/// struct Mine {
///     now: u64,
/// }
///
/// impl clock::Host for State<Mine> {
///     async fn now(&mut self) -> wasmtime::Result<u64> {
///         Ok(self.data().now)
///     }
/// }
///
/// # fn main() -> worldhost::Result<()> {
/// let runtime = Runtime::new(|linker| {
///     clock::add_to_linker::<_, HasSelf<_>>(linker, |state: &mut State<Mine>| state)
/// })?;
/// # Ok(())
/// # }
/// ```
pub struct State<T> {
    pub(crate) wasi: WasiCtx,
    pub(crate) network: Arc<Network>,
    pub(super) resolver: Resolver,
    #[cfg(feature = "http")]
    http: (WasiHttpCtx, HttpGate),
    pub(crate) table: ResourceTable,
    /// What the host may keep for it.
    pub(super) budget: Budget,
    audit: Audit,
    /// What it prints and logs, and writes to files, as far as that is limited.
    output: Meter,
    pub(super) disk: Meter,
    log: Rate,
    /// The table of a guest for which the host keeps or does too much: whatever it does next
    /// fails.
    none: ResourceTable,
    pub(crate) limiter: Limiter,
    pub(crate) stderr: Tail,
    pub(crate) printed: Printed,
    pub(crate) data: T,
}

impl<T> State<T> {
    /// The data for a fresh store.
    pub(crate) fn new(sandbox: &Sandbox, limits: &Limits, room: Room, data: T) -> Result<Self> {
        let (stderr, printed) = (Tail::default(), Printed::default());
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.resources);
        let mut none = ResourceTable::new();
        none.set_max_capacity(0);
        let budget = Budget::new(limits.kept_bytes(&room));
        let audit = Audit::new(budget.clone(), limits.http_fields_bytes);
        let output = Meter::new(Limit::Output, limits);
        let streams = Streams {
            stderr: &stderr,
            printed: &printed,
            output: &output,
        };
        let resolver = Resolver::new();
        Ok(State {
            wasi: context::wasi(sandbox, limits, streams, &resolver)?,
            network: sandbox.network.clone(),
            #[cfg(feature = "http")]
            http: http(sandbox, limits, &resolver),
            resolver,
            table,
            budget,
            audit,
            none,
            output,
            disk: Meter::new(Limit::Disk, limits),
            log: Rate::new(Limit::LogLines, limits),
            limiter: Limiter::new(limits.clone(), room),
            stderr,
            printed,
            data,
        })
    }

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

impl<T> State<T> {
    /// The limit of what the host keeps or does for it, once it is over that.
    pub(crate) fn is_over(&self) -> Option<LimitHit> {
        let kept = self.audit.is_over();
        let kept = kept.then(|| self.limiter.limits().hit(Limit::HostMemory));
        kept.or_else(|| self.is_cut_off())
    }

    /// The limit of what it prints or writes, once something of that was refused. A guest that
    /// was told and lives with it has no result that could be relied on.
    pub(crate) fn is_cut_off(&self) -> Option<LimitHit> {
        self.output.over().or_else(|| self.disk.over())
    }

    /// Tells what a guest says, on this process's stderr: in one line after `mark`, with
    /// everything [`printable`](crate::printable()), and cut off where that is longer than
    /// 4 KiB. It waits for the reader of stderr, within the time of the call; that there is
    /// none is no reason to stop. What is returned does not borrow the state.
    ///
    /// # Errors
    ///
    /// When this is more than [`Limits::log_lines`] or [`Limits::output_bytes`] allow. It
    /// names the limit where the host function gives it back, and so ends the guest.
    pub fn say(
        &self,
        mark: &str,
        words: &str,
    ) -> impl Future<Output = wasmtime::Result<()>> + Send + use<T> {
        let counted = self.log.add().and_then(|()| self.output.add(words.len()));
        let line = counted.map(|()| line::of(mark, words));
        let printed = self.printed.clone();
        async move {
            let line = line.map_err(wasmtime::Error::new)?;
            Outlet::Stderr.ready().await;
            if let Ok(held) = Outlet::Stderr.put_line(line) {
                printed.mark(Outlet::Stderr, held);
            }
            Ok(())
        }
    }

    /// A function of WASI is called: whether it is to find none of the guest's handles.
    fn refuses_all(&mut self) -> bool {
        self.audit.call(&mut self.table) || self.is_cut_off().is_some()
    }
}

#[cfg(feature = "http")]
impl<T> State<T> {
    /// Adds a field to each later `wasi:http` request of the guest that has none of this
    /// name, in the place of what was added under it before: a trace that is to go on, for one.
    pub fn add_to_requests(&mut self, name: http::HeaderName, value: http::HeaderValue) {
        let fields = &mut self.http.1.fields;
        fields.retain(|(other, _)| *other != name);
        fields.push((name, value));
    }
}

impl<T: Send> WasiView for State<T> {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let over = self.refuses_all();
        WasiCtxView {
            ctx: &mut self.wasi,
            table: if over {
                &mut self.none
            } else {
                &mut self.table
            },
        }
    }
}

#[cfg(feature = "http")]
fn http(sandbox: &Sandbox, limits: &Limits, resolver: &Resolver) -> (WasiHttpCtx, HttpGate) {
    let mut http = WasiHttpCtx::new();
    http.set_field_size_limit(limits.http_fields_bytes);
    let hooks = sandbox.hatches.http.as_ref().map(|make| make());
    let gate = HttpGate {
        network: sandbox.network.clone(),
        resolver: resolver.clone(),
        hooks,
        fields: Vec::new(),
    };
    (http, gate)
}

#[cfg(feature = "http")]
impl<T: Send> WasiHttpView for State<T> {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let over = self.audit.http_call(&mut self.table) || self.is_cut_off().is_some();
        let (ctx, hooks) = &mut self.http;
        WasiHttpCtxView {
            ctx,
            table: if over {
                &mut self.none
            } else {
                &mut self.table
            },
            hooks,
        }
    }
}

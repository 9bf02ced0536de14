//! Name lookup by the grants, in WASI 0.3.

use super::data::State;
use super::lookup::{Lookup, LookupView, view};
use wasmtime::Result;
use wasmtime::component::{Accessor, Linker};
use wasmtime_wasi::p3::bindings::sockets::ip_name_lookup as p3;
use wasmtime_wasi::p3::bindings::sockets::types::IpAddress;
use wasmtime_wasi::sockets::{WasiSockets, WasiSocketsView};

/// Puts the lookup of WASI 0.3 in the place of WASI's own.
pub(crate) fn add_to_linker<T: Send>(linker: &mut Linker<State<T>>) -> Result<()> {
    linker.allow_shadowing(true);
    p3::add_to_linker::<_, Lookup>(linker, view)?;
    linker.allow_shadowing(false);
    Ok(())
}

impl p3::Host for LookupView<'_> {}

impl<T: Send> p3::HostWithStore<State<T>> for Lookup {
    async fn resolve_addresses(
        store: &Accessor<State<T>, Self>,
        name: String,
    ) -> Result<Result<Vec<IpAddress>, p3::ErrorCode>> {
        if !store.with(|mut access| access.get().network.permits_lookup(&name)) {
            return Ok(Err(p3::ErrorCode::AccessDenied));
        }
        let wasi = store.with_getter::<WasiSockets>(State::sockets);
        p3::HostWithStore::resolve_addresses(&wasi, name).await
    }
}

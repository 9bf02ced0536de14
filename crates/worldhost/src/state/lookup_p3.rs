//! Name lookup by the grants, in WASI 0.3.

use super::data::State;
use super::lookup::{Asked, asked};
use crate::policy::network::Network;
use crate::policy::resolver::Resolver;
use wasmtime::Result;
use wasmtime::component::{Accessor, HasData, Linker};
use wasmtime_wasi::p3::bindings::sockets::ip_name_lookup as p3;
use wasmtime_wasi::p3::bindings::sockets::types::IpAddress;

/// Puts the lookup of WASI 0.3 in the place of WASI's own.
pub(crate) fn add_to_linker<T: Send>(linker: &mut Linker<State<T>>) -> Result<()> {
    linker.allow_shadowing(true);
    p3::add_to_linker::<_, Lookup>(linker, |state| LookupView {
        network: &state.network,
        resolver: &state.resolver,
    })?;
    linker.allow_shadowing(false);
    Ok(())
}

struct Lookup;

struct LookupView<'a> {
    network: &'a Network,
    resolver: &'a Resolver,
}

impl HasData for Lookup {
    type Data<'a> = LookupView<'a>;
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
        let name = match asked(&name) {
            None => return Ok(Err(p3::ErrorCode::InvalidArgument)),
            Some(Asked::Address(address)) => return Ok(Ok(vec![address.into()])),
            Some(Asked::Name(name)) => name,
        };
        let found = store.with(|mut access| access.get().resolver.addresses(name));
        let found = found.await.map_err(|_| p3::ErrorCode::NameUnresolvable);
        Ok(found.map(|found| found.into_iter().map(IpAddress::from).collect()))
    }
}

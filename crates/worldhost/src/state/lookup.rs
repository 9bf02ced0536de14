//! Name lookup by the grants. WASI's own has one switch for all names, so this stands
//! in front of it, in WASI 0.2 here and in 0.3 beside.
//!
//! A name that may not be looked up is refused before there is a query: what a guest
//! asks for would be a message to whoever answers.

use super::data::State;
use crate::policy::network::Network;
use wasmtime::Result;
use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup as p2;
use wasmtime_wasi::p2::bindings::sockets::network as p2_network;
use wasmtime_wasi::p2::{DynPollable, SocketError, SocketResult};
use wasmtime_wasi::sockets::WasiSocketsCtxView;

/// Puts the lookup of WASI 0.2 in the place of WASI's own.
pub(crate) fn add_p2_to_linker<T: Send>(linker: &mut Linker<State<T>>) -> Result<()> {
    linker.allow_shadowing(true);
    p2::add_to_linker::<_, Lookup>(linker, view)?;
    linker.allow_shadowing(false);
    Ok(())
}

pub(super) struct Lookup;

pub(super) struct LookupView<'a> {
    pub(super) network: &'a Network,
    sockets: WasiSocketsCtxView<'a>,
}

impl HasData for Lookup {
    type Data<'a> = LookupView<'a>;
}

pub(super) fn view<T: Send>(state: &mut State<T>) -> LookupView<'_> {
    LookupView {
        network: &state.network,
        sockets: WasiSocketsCtxView {
            ctx: state.wasi.sockets(),
            table: &mut state.table,
        },
    }
}

impl p2::Host for LookupView<'_> {
    fn resolve_addresses(
        &mut self,
        network: Resource<p2::Network>,
        name: String,
    ) -> SocketResult<Resource<p2::ResolveAddressStream>> {
        if !self.network.permits_lookup(&name) {
            return Err(p2::ErrorCode::AccessDenied.into());
        }
        p2::Host::resolve_addresses(&mut self.sockets, network, name)
    }
}

impl p2::HostResolveAddressStream for LookupView<'_> {
    fn resolve_next_address(
        &mut self,
        stream: Resource<p2::ResolveAddressStream>,
    ) -> SocketResult<Option<p2::IpAddress>> {
        self.sockets.resolve_next_address(stream)
    }

    fn subscribe(
        &mut self,
        stream: Resource<p2::ResolveAddressStream>,
    ) -> Result<Resource<DynPollable>> {
        p2::HostResolveAddressStream::subscribe(&mut self.sockets, stream)
    }

    fn drop(&mut self, stream: Resource<p2::ResolveAddressStream>) -> Result<()> {
        p2::HostResolveAddressStream::drop(&mut self.sockets, stream)
    }
}

/// What the lookup's bindings ask for besides.
impl p2_network::Host for LookupView<'_> {
    fn convert_error_code(&mut self, error: SocketError) -> Result<p2::ErrorCode> {
        self.sockets.convert_error_code(error)
    }

    fn network_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> Result<Option<p2::ErrorCode>> {
        self.sockets.network_error_code(error)
    }
}

impl p2_network::HostNetwork for LookupView<'_> {
    fn drop(&mut self, network: Resource<p2::Network>) -> Result<()> {
        p2_network::HostNetwork::drop(&mut self.sockets, network)
    }
}

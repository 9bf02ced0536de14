//! Name lookup by the grants, and few at a time. WASI's own has one switch for all names,
//! and a thread for each that is under way; so this stands in its place, in WASI 0.2 here and
//! in 0.3 beside.
//!
//! A name that may not be looked up is refused before there is a query: what a guest
//! asks for would be a message to whoever answers.

use super::data::State;
use crate::version::WASI_P2;
use std::collections::VecDeque;
use std::future::Future;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use wasmtime::Result;
use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddress, Network};
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi::runtime::{AbortOnDropJoinHandle, spawn};
use wasmtime_wasi::{WasiView, async_trait};

/// Puts the lookup of WASI 0.2 in the place of WASI's own.
pub(crate) fn add_p2_to_linker<T: Send + 'static>(linker: &mut Linker<State<T>>) -> Result<()> {
    linker.allow_shadowing(true);
    let mut names = linker.instance(&format!("wasi:sockets/ip-name-lookup@{WASI_P2}"))?;
    names.resource(
        "resolve-address-stream",
        ResourceType::host::<Addresses>(),
        |mut store, rep| {
            let addresses = Resource::<Addresses>::new_own(rep);
            store.data_mut().ctx().table.delete(addresses)?;
            Ok(())
        },
    )?;
    names.func_wrap(
        "resolve-addresses",
        |mut store, (network, name): (Resource<Network>, String)| {
            Ok((resolve(store.data_mut(), &network, &name)?,))
        },
    )?;
    names.func_wrap(
        "[method]resolve-address-stream.resolve-next-address",
        |mut store, (addresses,): (Resource<Addresses>,)| {
            let addresses = store.data_mut().ctx().table.get_mut(&addresses)?;
            Ok((addresses.next(),))
        },
    )?;
    names.func_wrap(
        "[method]resolve-address-stream.subscribe",
        |mut store, (addresses,): (Resource<Addresses>,)| -> Result<(Resource<DynPollable>,)> {
            Ok((subscribe(store.data_mut().ctx().table, addresses)?,))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

fn resolve<T: Send>(
    state: &mut State<T>,
    network: &Resource<Network>,
    name: &str,
) -> Result<Result<Resource<Addresses>, ErrorCode>> {
    // That it has one is its leave to ask.
    state.ctx().table.get(network)?;
    if !state.network.permits_lookup(name) {
        return Ok(Err(ErrorCode::AccessDenied));
    }
    let addresses = match asked(name) {
        None => return Ok(Err(ErrorCode::InvalidArgument)),
        Some(Asked::Address(address)) => Addresses::Known([address].into()),
        Some(Asked::Name(name)) => Addresses::Sought(spawn(found(state.resolver.addresses(name)))),
    };
    Ok(Ok(state.ctx().table.push(addresses)?))
}

async fn found(
    asked: impl Future<Output = std::io::Result<Vec<IpAddr>>>,
) -> Result<Vec<IpAddr>, ErrorCode> {
    // The system has no types for why there is none.
    asked.await.map_err(|_| ErrorCode::NameUnresolvable)
}

/// What a guest asks for.
pub(super) enum Asked {
    /// An address that is written out.
    Address(IpAddr),
    /// A name, as name servers know it.
    Name(String),
}

/// None where it is neither.
pub(super) fn asked(name: &str) -> Option<Asked> {
    match url::Host::parse(name) {
        Ok(url::Host::Domain(name)) => Some(Asked::Name(name)),
        Ok(url::Host::Ipv4(address)) => Some(Asked::Address(address.into())),
        Ok(url::Host::Ipv6(address)) => Some(Asked::Address(address.into())),
        // Without the brackets that there are in a URL.
        Err(_) => {
            let address: Ipv6Addr = name.parse().ok()?;
            Some(Asked::Address(address.into()))
        }
    }
}

/// What WASI 0.2 has as a stream of addresses.
enum Addresses {
    Sought(AbortOnDropJoinHandle<Result<Vec<IpAddr>, ErrorCode>>),
    Known(VecDeque<IpAddr>),
    Failed(ErrorCode),
}

impl Addresses {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Addresses::Sought(sought) = self {
            *self = match std::task::ready!(Pin::new(sought).poll(cx)) {
                Ok(found) => Addresses::Known(found.into()),
                Err(error) => Addresses::Failed(error),
            };
        }
        Poll::Ready(())
    }

    fn next(&mut self) -> Result<Option<IpAddress>, ErrorCode> {
        let _ = self.poll(&mut Context::from_waker(Waker::noop()));
        match self {
            Addresses::Sought(_) => Err(ErrorCode::WouldBlock),
            Addresses::Known(found) => Ok(found.pop_front().map(IpAddress::from)),
            Addresses::Failed(error) => Err(*error),
        }
    }
}

#[async_trait]
impl Pollable for Addresses {
    async fn ready(&mut self) {
        std::future::poll_fn(|cx| self.poll(cx)).await;
    }
}

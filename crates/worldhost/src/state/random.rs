//! Random bytes: as many in one call as the limits allow, and for fuel.

use super::data::State;
use super::priced::pay;
use crate::policy::limits::Limit;
use crate::version::WASI_P2;
use wasmtime::component::Linker;
use wasmtime::{Result, StoreContextMut};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::bindings::random::{insecure, random};

/// Puts these functions in the place of WASI's own.
pub(crate) fn add_p2_to_linker<T: Send + 'static>(linker: &mut Linker<State<T>>) -> Result<()> {
    replace(linker, "random", WASI_P2, RANDOM, |store, count| {
        asked(store, count)?;
        random::Host::get_random_bytes(store.data_mut().ctx().ctx.random(), count)
    })?;
    replace(linker, "insecure", WASI_P2, INSECURE, |store, count| {
        asked(store, count)?;
        insecure::Host::get_insecure_random_bytes(store.data_mut().ctx().ctx.random(), count)
    })
}

/// The same of WASI 0.3, which gives fewer bytes than are wanted where that is too many.
#[cfg(feature = "p3")]
pub(crate) fn add_p3_to_linker<T: Send + 'static>(linker: &mut Linker<State<T>>) -> Result<()> {
    use crate::version::WASI_P3;
    use wasmtime_wasi::p3::bindings::random::{insecure, random};

    replace(linker, "random", WASI_P3, RANDOM, |store, count| {
        given(store, count)?;
        random::Host::get_random_bytes(store.data_mut().ctx().ctx.random(), count)
    })?;
    replace(linker, "insecure", WASI_P3, INSECURE, |store, count| {
        given(store, count)?;
        insecure::Host::get_insecure_random_bytes(store.data_mut().ctx().ctx.random(), count)
    })
}

const RANDOM: &str = "get-random-bytes";
const INSECURE: &str = "get-insecure-random-bytes";

/// What gives so many bytes to a guest.
type Bytes<T> = fn(&mut StoreContextMut<'_, State<T>>, u64) -> Result<Vec<u8>>;

/// A function of `wasi:random` that gives so many bytes.
fn replace<T: 'static>(
    linker: &mut Linker<State<T>>,
    interface: &str,
    version: &str,
    function: &str,
    bytes: Bytes<T>,
) -> Result<()> {
    linker.allow_shadowing(true);
    let mut interface = linker.instance(&format!("wasi:random/{interface}@{version}"))?;
    interface.func_wrap(function, move |mut store, (count,): (u64,)| {
        Ok((bytes(&mut store, count)?,))
    })?;
    linker.allow_shadowing(false);
    Ok(())
}

/// So many are wanted, and no more than the limit are given.
#[cfg(feature = "p3")]
fn given<T>(store: &mut StoreContextMut<'_, State<T>>, count: u64) -> Result<()> {
    let most = store.data().limiter.limits().random_bytes;
    pay(store, count.min(most))
}

/// So many are wanted.
fn asked<T>(store: &mut StoreContextMut<'_, State<T>>, count: u64) -> Result<()> {
    let limits = store.data().limiter.limits();
    if count > limits.random_bytes {
        let hit = limits.hit(Limit::RandomBytes);
        let reached = hit.wanting(format_args!("{count} random bytes in one call"));
        return Err(wasmtime::Error::new(reached));
    }
    pay(store, count)
}

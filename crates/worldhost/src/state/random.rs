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
    linker.allow_shadowing(true);
    let mut bytes = linker.instance(&format!("wasi:random/random@{WASI_P2}"))?;
    bytes.func_wrap("get-random-bytes", |mut store, (count,): (u64,)| {
        asked(&mut store, count)?;
        let context = store.data_mut().ctx();
        Ok((random::Host::get_random_bytes(context.ctx.random(), count)?,))
    })?;
    let mut bytes = linker.instance(&format!("wasi:random/insecure@{WASI_P2}"))?;
    bytes.func_wrap(
        "get-insecure-random-bytes",
        |mut store, (count,): (u64,)| {
            asked(&mut store, count)?;
            let context = store.data_mut().ctx();
            Ok((insecure::Host::get_insecure_random_bytes(
                context.ctx.random(),
                count,
            )?,))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// The same of WASI 0.3, which gives fewer bytes than are wanted where that is too many.
#[cfg(feature = "p3")]
pub(crate) fn add_p3_to_linker<T: Send + 'static>(linker: &mut Linker<State<T>>) -> Result<()> {
    use crate::version::WASI_P3;
    use wasmtime_wasi::p3::bindings::random::{insecure, random};

    linker.allow_shadowing(true);
    let mut bytes = linker.instance(&format!("wasi:random/random@{WASI_P3}"))?;
    bytes.func_wrap("get-random-bytes", |mut store, (count,): (u64,)| {
        given(&mut store, count)?;
        let context = store.data_mut().ctx();
        Ok((random::Host::get_random_bytes(context.ctx.random(), count)?,))
    })?;
    let mut bytes = linker.instance(&format!("wasi:random/insecure@{WASI_P3}"))?;
    bytes.func_wrap(
        "get-insecure-random-bytes",
        |mut store, (count,): (u64,)| {
            given(&mut store, count)?;
            let context = store.data_mut().ctx();
            Ok((insecure::Host::get_insecure_random_bytes(
                context.ctx.random(),
                count,
            )?,))
        },
    )?;
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

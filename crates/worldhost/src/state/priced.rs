//! What the work of the host costs in fuel, where fuel is counted: one unit for each byte that
//! a function of WASI makes or moves. So a guest with little fuel cannot have the host work
//! for long.

use super::data::State;
use crate::version::WASI_P2;
use wasmtime::component::{Linker, LinkerInstance, Resource};
use wasmtime::{Result, StoreContextMut, Trap};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::bindings::io::streams::{
    Host, HostInputStream, HostOutputStream, StreamError as Told,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, StreamResult};

type Store<'a, T> = StoreContextMut<'a, State<T>>;
type From = Resource<DynInputStream>;
type To = Resource<DynOutputStream>;

/// Takes the price of so many bytes.
///
/// # Errors
///
/// Wasmtime's own for a guest without fuel.
pub(super) fn pay<T>(store: &mut Store<'_, T>, bytes: u64) -> Result<()> {
    if store.data().limiter.limits().fuel.is_none() {
        return Ok(());
    }
    match store.get_fuel()?.checked_sub(bytes) {
        Some(left) => store.set_fuel(left),
        None => {
            store.set_fuel(0)?;
            Err(Trap::OutOfFuel.into())
        }
    }
}

/// Puts these functions in the place of WASI 0.2's own. What is read is paid for when it is
/// there, what is written before; what is passed from stream to stream too.
pub(crate) fn add_p2_to_linker<T: Send + 'static>(linker: &mut Linker<State<T>>) -> Result<()> {
    linker.allow_shadowing(true);
    let mut streams = linker.instance(&format!("wasi:io/streams@{WASI_P2}"))?;
    add_reading(&mut streams)?;
    add_writing(&mut streams)?;
    linker.allow_shadowing(false);
    Ok(())
}

fn add_reading<T: Send + 'static>(streams: &mut LinkerInstance<'_, State<T>>) -> Result<()> {
    streams.func_wrap(
        "[method]input-stream.read",
        |mut store, (from, most): (From, u64)| {
            let read = store.data_mut().ctx().table.read(from, most);
            Ok((paid(&mut store, read, |bytes| bytes.len() as u64)?,))
        },
    )?;
    streams.func_wrap_async(
        "[method]input-stream.blocking-read",
        |mut store, (from, most): (From, u64)| {
            Box::new(async move {
                let read = store.data_mut().ctx().table.blocking_read(from, most).await;
                Ok((paid(&mut store, read, |bytes| bytes.len() as u64)?,))
            })
        },
    )?;
    streams.func_wrap(
        "[method]input-stream.skip",
        |mut store, (from, most): (From, u64)| {
            let skipped = store.data_mut().ctx().table.skip(from, most);
            Ok((paid(&mut store, skipped, |count| *count)?,))
        },
    )?;
    streams.func_wrap_async(
        "[method]input-stream.blocking-skip",
        |mut store, (from, most): (From, u64)| {
            Box::new(async move {
                let skipped = store.data_mut().ctx().table.blocking_skip(from, most).await;
                Ok((paid(&mut store, skipped, |count| *count)?,))
            })
        },
    )
}

fn add_writing<T: Send + 'static>(streams: &mut LinkerInstance<'_, State<T>>) -> Result<()> {
    streams.func_wrap(
        "[method]output-stream.write",
        |mut store, (to, bytes): (To, Vec<u8>)| {
            pay(&mut store, bytes.len() as u64)?;
            let written = store.data_mut().ctx().table.write(to, bytes);
            Ok((told(&mut store, written)?,))
        },
    )?;
    streams.func_wrap_async(
        "[method]output-stream.blocking-write-and-flush",
        |mut store, (to, bytes): (To, Vec<u8>)| {
            Box::new(async move {
                pay(&mut store, bytes.len() as u64)?;
                let table = store.data_mut().ctx().table;
                let written = table.blocking_write_and_flush(to, bytes).await;
                Ok((told(&mut store, written)?,))
            })
        },
    )?;
    streams.func_wrap(
        "[method]output-stream.write-zeroes",
        |mut store, (to, count): (To, u64)| {
            pay(&mut store, count)?;
            let written = store.data_mut().ctx().table.write_zeroes(to, count);
            Ok((told(&mut store, written)?,))
        },
    )?;
    streams.func_wrap_async(
        "[method]output-stream.blocking-write-zeroes-and-flush",
        |mut store, (to, count): (To, u64)| {
            Box::new(async move {
                pay(&mut store, count)?;
                let table = store.data_mut().ctx().table;
                let written = table.blocking_write_zeroes_and_flush(to, count).await;
                Ok((told(&mut store, written)?,))
            })
        },
    )?;
    streams.func_wrap(
        "[method]output-stream.splice",
        |mut store, (to, from, most): (To, From, u64)| {
            let passed = store.data_mut().ctx().table.splice(to, from, most);
            Ok((paid(&mut store, passed, |count| *count)?,))
        },
    )?;
    streams.func_wrap_async(
        "[method]output-stream.blocking-splice",
        |mut store, (to, from, most): (To, From, u64)| {
            Box::new(async move {
                let table = store.data_mut().ctx().table;
                let passed = table.blocking_splice(to, from, most).await;
                Ok((paid(&mut store, passed, |count| *count)?,))
            })
        },
    )
}

/// The result as the guest sees it, paid for by its bytes.
fn paid<T: Send, R>(
    store: &mut Store<'_, T>,
    result: StreamResult<R>,
    bytes: impl Fn(&R) -> u64,
) -> Result<Result<R, Told>> {
    if let Ok(done) = &result {
        pay(store, bytes(done))?;
    }
    told(store, result)
}

fn told<T: Send, R>(store: &mut Store<'_, T>, result: StreamResult<R>) -> Result<Result<R, Told>> {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(error) => {
            let table = store.data_mut().ctx().table;
            Ok(Err(Host::convert_stream_error(table, error)?))
        }
    }
}

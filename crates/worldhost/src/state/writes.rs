//! What guests of WASI 0.2 write to files, counted where that is limited; and what they do
//! without a stream, for fuel.

use super::data::State;
use super::meter::Meter;
use super::priced::pay;
use crate::version::WASI_P2;
use bytes::Bytes;
use wasmtime::component::{Linker, Resource};
use wasmtime::{Result, StoreContextMut};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemView};
use wasmtime_wasi::p2::bindings::filesystem::types::{ErrorCode, Filesize, HostDescriptor};
use wasmtime_wasi::p2::pipe::ClosedOutputStream;
use wasmtime_wasi::p2::{DynOutputStream, FsError, OutputStream, Pollable, StreamResult};

type Written = Resource<DynOutputStream>;

/// Puts these functions in the place of WASI's own.
pub(crate) fn add_p2_to_linker<T: Send + 'static>(linker: &mut Linker<State<T>>) -> Result<()> {
    linker.allow_shadowing(true);
    let mut types = linker.instance(&format!("wasi:filesystem/types@{WASI_P2}"))?;
    types.func_wrap(
        "[method]descriptor.write-via-stream",
        |mut store, (file, offset): (Resource<Descriptor>, Filesize)| {
            let state = store.data_mut();
            let stream = state.filesystem().write_via_stream(file, offset);
            Ok((told(stream.and_then(|stream| counted(state, stream)))?,))
        },
    )?;
    types.func_wrap(
        "[method]descriptor.append-via-stream",
        |mut store, (file,): (Resource<Descriptor>,)| {
            let state = store.data_mut();
            let stream = state.filesystem().append_via_stream(file);
            Ok((told(stream.and_then(|stream| counted(state, stream)))?,))
        },
    )?;
    types.func_wrap_async(
        "[method]descriptor.write",
        |store, (file, bytes, offset): (Resource<Descriptor>, Vec<u8>, Filesize)| {
            Box::new(async move { Ok((told(write(store, file, bytes, offset).await)?,)) })
        },
    )?;
    types.func_wrap_async(
        "[method]descriptor.read",
        |store, (file, most, offset): (Resource<Descriptor>, Filesize, Filesize)| {
            Box::new(async move { Ok((told(read(store, file, most, offset).await)?,)) })
        },
    )?;
    types.func_wrap_async(
        "[method]descriptor.set-size",
        |store, (file, size): (Resource<Descriptor>, Filesize)| {
            Box::new(async move { Ok((told(set_size(store, file, size).await)?,)) })
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// An error that the guest is to see, as it sees it.
fn told<R>(result: Result<R, FsError>) -> Result<Result<R, ErrorCode>> {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(error) => Ok(Err(error.downcast()?)),
    }
}

async fn write<T: Send>(
    mut store: StoreContextMut<'_, State<T>>,
    file: Resource<Descriptor>,
    bytes: Vec<u8>,
    offset: Filesize,
) -> Result<Filesize, FsError> {
    pay(&mut store, bytes.len() as u64).map_err(FsError::trap)?;
    let state = store.data_mut();
    state.disk.add(bytes.len()).map_err(FsError::trap)?;
    state.filesystem().write(file, bytes, offset).await
}

async fn read<T: Send>(
    mut store: StoreContextMut<'_, State<T>>,
    file: Resource<Descriptor>,
    most: Filesize,
    offset: Filesize,
) -> Result<(Vec<u8>, bool), FsError> {
    let mut files = store.data_mut().filesystem();
    let read = files.read(file, most, offset).await?;
    pay(&mut store, read.0.len() as u64).map_err(FsError::trap)?;
    Ok(read)
}

/// What a file grows by counts as written.
async fn set_size<T: Send>(
    mut store: StoreContextMut<'_, State<T>>,
    file: Resource<Descriptor>,
    size: Filesize,
) -> Result<(), FsError> {
    let state = store.data_mut();
    if state.disk.is_on() {
        let same = Resource::new_borrow(file.rep());
        let now = state.filesystem().stat(same).await?.size;
        let more = usize::try_from(size.saturating_sub(now)).unwrap_or(usize::MAX);
        state.disk.add(more).map_err(FsError::trap)?;
    }
    state.filesystem().set_size(file, size).await
}

fn counted<T: Send>(state: &mut State<T>, stream: Written) -> Result<Written, FsError> {
    if state.disk.is_on() {
        let meter = state.disk.clone();
        let there = state.table.get_mut(&stream)?;
        let inner = std::mem::replace(there, Box::new(ClosedOutputStream));
        *there = Box::new(Counted { inner, meter });
    }
    Ok(stream)
}

/// A stream into a file.
struct Counted {
    inner: DynOutputStream,
    meter: Meter,
}

impl Counted {
    fn count(&self, bytes: usize) -> StreamResult<()> {
        let counted = self.meter.add(bytes).map_err(wasmtime::Error::new);
        counted.map_err(wasmtime_wasi::p2::StreamError::Trap)
    }
}

#[async_trait]
impl Pollable for Counted {
    async fn ready(&mut self) {
        self.inner.ready().await;
    }
}

#[async_trait]
impl OutputStream for Counted {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.count(bytes.len())?;
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.inner.check_write()
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.count(bytes.len())?;
        self.inner.blocking_write_and_flush(bytes).await
    }

    fn write_zeroes(&mut self, count: usize) -> StreamResult<()> {
        self.count(count)?;
        self.inner.write_zeroes(count)
    }

    async fn write_ready(&mut self) -> StreamResult<usize> {
        self.inner.write_ready().await
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}

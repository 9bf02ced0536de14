//! What guests of WASI 0.3 write to files, counted where that is limited.

use super::data::State;
use super::meter::Meter;
use crate::version::WASI_P3;
use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};
use wasmtime::component::{
    Access, Accessor, FutureReader, Linker, Resource, Source, StreamConsumer, StreamReader,
    StreamResult,
};
use wasmtime::{Result, StoreContextMut};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemView};
use wasmtime_wasi::p3::bindings::filesystem::types::{
    ErrorCode, Filesize, HostDescriptorWithStore,
};
use wasmtime_wasi::p3::filesystem::FilesystemError;

type Done = FutureReader<Result<(), ErrorCode>>;

/// Puts these functions in the place of WASI's own.
pub(crate) fn add_to_linker<T: Send + 'static>(linker: &mut Linker<State<T>>) -> Result<()> {
    linker.allow_shadowing(true);
    let mut types = linker.instance(&format!("wasi:filesystem/types@{WASI_P3}"))?;
    types.func_wrap(
        "[method]descriptor.write-via-stream",
        |store, (file, data, offset): (Resource<Descriptor>, StreamReader<u8>, Filesize)| {
            Ok((write(store, file, data, Some(offset))?,))
        },
    )?;
    types.func_wrap(
        "[method]descriptor.append-via-stream",
        |store, (file, data): (Resource<Descriptor>, StreamReader<u8>)| {
            Ok((write(store, file, data, None)?,))
        },
    )?;
    types.func_wrap_concurrent(
        "[method]descriptor.set-size",
        |store, (file, size): (Resource<Descriptor>, Filesize)| {
            Box::pin(async move {
                match set_size(store, file, size).await {
                    Ok(()) => Ok((Ok(()),)),
                    Err(error) => Ok((Err::<(), ErrorCode>(error.downcast()?),)),
                }
            })
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// At an offset, or at the end.
fn write<T: Send + 'static>(
    mut store: StoreContextMut<'_, State<T>>,
    file: Resource<Descriptor>,
    data: StreamReader<u8>,
    at: Option<Filesize>,
) -> Result<Done> {
    let state = store.data_mut();
    let meter = state.disk.clone();
    let to = match state.filesystem().table.get(&file)? {
        Descriptor::File(file) if !file.perms.write_not_permitted() => Some(file.file.clone()),
        _ => None,
    };
    match to.filter(|_| meter.is_on()) {
        Some(file) => {
            let (result, done) = oneshot::channel();
            let written = Written {
                file,
                at,
                meter,
                result: Some(result),
                writing: None,
            };
            data.pipe(&mut store, written)?;
            FutureReader::new(&mut store, done)
        }
        // What is not counted, or not to be, is WASI's.
        None => {
            let files = Access::<_, WasiFilesystem>::new(store, State::filesystem);
            match at {
                Some(at) => WasiFilesystem::write_via_stream(files, file, data, at),
                None => WasiFilesystem::append_via_stream(files, file, data),
            }
        }
    }
}

/// What a file grows by counts as written.
async fn set_size<T: Send>(
    store: &Accessor<State<T>>,
    file: Resource<Descriptor>,
    size: Filesize,
) -> Result<(), FilesystemError> {
    let files = store.with_getter::<WasiFilesystem>(State::filesystem);
    let meter = store.with(|mut access| access.data_mut().disk.clone());
    if meter.is_on() {
        let same = Resource::new_borrow(file.rep());
        let now = WasiFilesystem::stat(&files, same).await?.size;
        let more = usize::try_from(size.saturating_sub(now)).unwrap_or(usize::MAX);
        meter.add(more).map_err(FilesystemError::trap)?;
    }
    WasiFilesystem::set_size(&files, file, size).await
}

/// A stream into a file.
struct Written {
    file: Arc<File>,
    /// Where; at the end if there is none.
    at: Option<u64>,
    meter: Meter,
    result: Option<oneshot::Sender<Result<(), ErrorCode>>>,
    writing: Option<JoinHandle<io::Result<usize>>>,
}

/// As much as is written at once, and as WASI's own keeps.
const PIECE: usize = 8 << 10;

impl Written {
    fn end(&mut self, result: Result<(), ErrorCode>) {
        if let Some(told) = self.result.take() {
            let _ = told.send(result);
        }
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        self.end(Ok(()));
    }
}

impl<D> StreamConsumer<D> for Written {
    type Item = u8;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        store: StoreContextMut<D>,
        from: Source<u8>,
        finish: bool,
    ) -> Poll<Result<StreamResult>> {
        let mut from = from.as_direct(store);
        if self.writing.is_none() {
            let bytes = from.remaining();
            let bytes = bytes[..bytes.len().min(PIECE)].to_vec();
            self.meter.add(bytes.len())?;
            let (file, at) = (self.file.clone(), self.at);
            self.writing = Some(spawn_blocking(move || write_at(&file, &bytes, at)));
        }
        let Some(writing) = &mut self.writing else {
            return Poll::Pending;
        };
        if finish {
            // It may not have begun.
            writing.abort();
        }
        let written = ready!(Pin::new(writing).poll(context));
        self.writing = None;
        Poll::Ready(Ok(match written {
            Ok(Ok(count)) => {
                from.mark_read(count);
                self.at = self.at.map(|at| at.saturating_add(count as u64));
                StreamResult::Completed
            }
            Ok(Err(error)) => {
                self.end(Err(error.into()));
                StreamResult::Dropped
            }
            Err(_) => StreamResult::Cancelled,
        }))
    }
}

fn write_at(file: &File, bytes: &[u8], at: Option<u64>) -> io::Result<usize> {
    let at = match at {
        Some(at) => at,
        None => file.metadata()?.len(),
    };
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_at(file, bytes, at);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_write(file, bytes, at);
}

//! Files of WASI 0.3: no named pipes and devices either.

use super::data::State;
use crate::version::WASI_P3;
use wasmtime::Result;
use wasmtime::component::{Accessor, Linker, Resource};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemView};
use wasmtime_wasi::p3::bindings::filesystem::types::{
    DescriptorFlags, DescriptorType, ErrorCode, HostDescriptorWithStore, OpenFlags, PathFlags,
};
use wasmtime_wasi::p3::filesystem::FilesystemError;

type Opening = (
    Resource<Descriptor>,
    PathFlags,
    String,
    OpenFlags,
    DescriptorFlags,
);

/// Puts the opening of files in the place of WASI's own.
pub(crate) fn add_to_linker<T: Send + 'static>(linker: &mut Linker<State<T>>) -> Result<()> {
    linker.allow_shadowing(true);
    let mut types = linker.instance(&format!("wasi:filesystem/types@{WASI_P3}"))?;
    types.func_wrap_concurrent("[method]descriptor.open-at", |store, opening: Opening| {
        Box::pin(async move {
            match open(store, opening).await {
                Ok(opened) => Ok((Ok(opened),)),
                Err(error) => Ok((Err::<Resource<Descriptor>, ErrorCode>(error.downcast()?),)),
            }
        })
    })?;
    linker.allow_shadowing(false);
    Ok(())
}

async fn open<T: Send>(
    store: &Accessor<State<T>>,
    (dir, path_flags, path, open_flags, flags): Opening,
) -> Result<Resource<Descriptor>, FilesystemError> {
    let files = store.with_getter::<WasiFilesystem>(State::filesystem);
    let same = Resource::new_borrow(dir.rep());
    let there = WasiFilesystem::stat_at(&files, same, path_flags, path.clone()).await;
    if let Ok(there) = there
        && !may_be_opened(&there.type_)
    {
        return Err(ErrorCode::NotPermitted.into());
    }
    WasiFilesystem::open_at(&files, dir, path_flags, path, open_flags, flags).await
}

fn may_be_opened(kind: &DescriptorType) -> bool {
    use DescriptorType::{Directory, RegularFile, SymbolicLink};
    matches!(kind, RegularFile | Directory | SymbolicLink)
}

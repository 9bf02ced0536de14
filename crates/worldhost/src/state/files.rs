//! Files of WASI 0.2, where WASI's own would keep more of the host than a guest may have:
//! a thread that waits for the other end of a named pipe, and whole listings of directories.

use super::data::State;
#[cfg(unix)]
use super::listing::Listing;
use crate::version::WASI_P2;
use wasmtime::component::{Linker, Resource};
#[cfg(unix)]
use wasmtime::component::{LinkerInstance, ResourceType};
use wasmtime::{Result, StoreContextMut};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemView};
use wasmtime_wasi::p2::FsError;
#[cfg(unix)]
use wasmtime_wasi::p2::bindings::filesystem::types::DirectoryEntry;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    DescriptorFlags, DescriptorType, ErrorCode, HostDescriptor, OpenFlags, PathFlags,
};

type Opening = (
    Resource<Descriptor>,
    PathFlags,
    String,
    OpenFlags,
    DescriptorFlags,
);

/// Puts these functions in the place of WASI's own.
pub(crate) fn add_p2_to_linker<T: Send + 'static>(linker: &mut Linker<State<T>>) -> Result<()> {
    linker.allow_shadowing(true);
    let mut types = linker.instance(&format!("wasi:filesystem/types@{WASI_P2}"))?;
    types.func_wrap_async("[method]descriptor.open-at", |store, opening: Opening| {
        Box::new(async move { Ok((told(open(store, opening).await)?,)) })
    })?;
    #[cfg(unix)]
    add_listings(&mut types)?;
    linker.allow_shadowing(false);
    Ok(())
}

#[cfg(unix)]
fn add_listings<T: Send + 'static>(types: &mut LinkerInstance<'_, State<T>>) -> Result<()> {
    types.resource(
        "directory-entry-stream",
        ResourceType::host::<Listing>(),
        |mut store, rep| {
            let listing = Resource::<Listing>::new_own(rep);
            store.data_mut().table.delete(listing)?;
            Ok(())
        },
    )?;
    types.func_wrap_async(
        "[method]descriptor.read-directory",
        |store, (dir,): (Resource<Descriptor>,)| {
            Box::new(async move { Ok((told(list(store, dir).await)?,)) })
        },
    )?;
    types.func_wrap(
        "[method]directory-entry-stream.read-directory-entry",
        |mut store, (listing,): (Resource<Listing>,)| Ok((next(&mut store, &listing)?,)),
    )
}

/// An error that the guest is to see, as it sees it.
fn told<R>(result: Result<R, FsError>) -> Result<Result<R, ErrorCode>> {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(error) => Ok(Err(error.downcast()?)),
    }
}

/// Opens files and directories alone. To open a named pipe takes until somebody opens its
/// other end, and a device as long as it likes.
async fn open<T: Send>(
    mut store: StoreContextMut<'_, State<T>>,
    (dir, path_flags, path, open_flags, flags): Opening,
) -> Result<Resource<Descriptor>, FsError> {
    let mut files = store.data_mut().filesystem();
    let same = Resource::new_borrow(dir.rep());
    let there = files.stat_at(same, path_flags, path.clone()).await;
    // What is not there may be made; what else is wrong, opening it tells.
    if let Ok(there) = there
        && !may_be_opened(there.type_)
    {
        return Err(ErrorCode::NotPermitted.into());
    }
    files
        .open_at(dir, path_flags, path, open_flags, flags)
        .await
}

fn may_be_opened(kind: DescriptorType) -> bool {
    use DescriptorType::{Directory, RegularFile, SymbolicLink};
    // A link that is not followed is not opened either.
    matches!(kind, RegularFile | Directory | SymbolicLink)
}

#[cfg(unix)]
async fn list<T: Send>(
    mut store: StoreContextMut<'_, State<T>>,
    dir: Resource<Descriptor>,
) -> Result<Resource<Listing>, FsError> {
    let state = store.data_mut();
    let budget = state.budget.clone();
    let dir = match state.filesystem().table.get(&dir)? {
        Descriptor::Dir(dir) => dir.dir.clone(),
        Descriptor::File(_) => return Err(ErrorCode::NotDirectory.into()),
    };
    let listing = Listing::of(dir, budget).await?;
    Ok(store.data_mut().filesystem().table.push(listing)?)
}

#[cfg(unix)]
type Entry = Option<DirectoryEntry>;

#[cfg(unix)]
fn next<T: Send>(
    store: &mut StoreContextMut<'_, State<T>>,
    listing: &Resource<Listing>,
) -> Result<Result<Entry, ErrorCode>> {
    let table = store.data_mut().filesystem().table;
    Ok(table.get_mut(listing)?.next().transpose())
}

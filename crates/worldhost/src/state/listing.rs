//! What is in a directory, as a guest reads it.

use super::budget::{Budget, Charge};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, statat};
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use wasmtime_wasi::p2::FsError;
use wasmtime_wasi::p2::bindings::filesystem::types::{DescriptorType, DirectoryEntry, ErrorCode};

/// The entries that are still to be read, and what they take of the host's memory.
pub(super) struct Listing {
    entries: std::vec::IntoIter<Entry>,
    _charge: Charge,
}

type Entry = Result<DirectoryEntry, ErrorCode>;

impl Listing {
    /// Everything that is in it now.
    pub(super) async fn of(dir: Arc<File>, budget: Budget) -> Result<Self, FsError> {
        let wanted = Wanted::default();
        let still = wanted.0.clone();
        let read = tokio::task::spawn_blocking(move || read(&dir, &budget, &still));
        read.await.map_err(FsError::trap)?
    }
}

impl Iterator for Listing {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        self.entries.next()
    }
}

/// Until it is dropped, the listing is waited for.
struct Wanted(Arc<AtomicBool>);

impl Default for Wanted {
    fn default() -> Self {
        Wanted(Arc::new(AtomicBool::new(true)))
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Relaxed);
    }
}

fn read(dir: &File, budget: &Budget, wanted: &AtomicBool) -> Result<Listing, FsError> {
    let (mut entries, mut charge) = (Vec::new(), budget.nothing());
    // A directory may be open for its name alone.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let readable = openat(dir, ".", flags, Mode::empty()).map_err(told)?;
    for entry in Dir::new(readable).map_err(told)? {
        if !wanted.load(Relaxed) {
            return Err(ErrorCode::Interrupted.into());
        }
        let entry = match entry {
            Ok(entry) if matches!(entry.file_name().to_bytes(), b"." | b"..") => continue,
            Ok(entry) => named(dir, &entry),
            Err(error) => Err(code(error)),
        };
        let name = entry.as_ref().map_or(0, |entry| entry.name.capacity());
        // Twice, for a list that grows.
        let takes = name + 2 * size_of::<Entry>();
        charge.add(takes).map_err(FsError::trap)?;
        entries.push(entry);
    }
    Ok(Listing {
        entries: entries.into_iter(),
        _charge: charge,
    })
}

fn named(dir: &File, entry: &rustix::fs::DirEntry) -> Entry {
    let kind = match entry.file_type() {
        // Not every file system tells.
        FileType::Unknown => {
            let found = statat(dir, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW).map_err(code)?;
            FileType::from_raw_mode(found.st_mode)
        }
        kind => kind,
    };
    let name = entry.file_name().to_str();
    Ok(DirectoryEntry {
        type_: kind_of(kind),
        name: name
            .map_err(|_| ErrorCode::IllegalByteSequence)?
            .to_string(),
    })
}

fn kind_of(kind: FileType) -> DescriptorType {
    match kind {
        FileType::RegularFile => DescriptorType::RegularFile,
        FileType::Directory => DescriptorType::Directory,
        FileType::Symlink => DescriptorType::SymbolicLink,
        FileType::CharacterDevice => DescriptorType::CharacterDevice,
        FileType::BlockDevice => DescriptorType::BlockDevice,
        // As WASI's own has it.
        FileType::Fifo | FileType::Socket | FileType::Unknown => DescriptorType::Unknown,
    }
}

fn code(error: rustix::io::Errno) -> ErrorCode {
    std::io::Error::from(error).into()
}

fn told(error: rustix::io::Errno) -> FsError {
    code(error).into()
}

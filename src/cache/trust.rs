//! Who may have put a file here. Code that is loaded runs with all the rights of
//! this process, so only what nobody else could have written is loaded.

use std::fs::Metadata;
use std::io;
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// Why a file or directory is not to be trusted, in words that follow its name.
#[cfg(unix)]
pub(super) fn distrust(metadata: &Metadata) -> Option<String> {
    let (owner, user) = (metadata.uid(), rustix::process::geteuid().as_raw());
    if owner != user {
        return Some(format!("belongs to user {owner}, and this is user {user}"));
    }
    // An access list shows as the group's bits.
    if metadata.mode() & 0o022 != 0 {
        let mode = metadata.mode() & 0o777;
        return Some(format!("can be written by others (mode {mode:o})"));
    }
    None
}

/// Where ownership cannot be asked for, nothing is trusted.
#[cfg(not(unix))]
pub(super) fn distrust(_: &Metadata) -> Option<String> {
    Some("is on a platform where the owner cannot be told".to_string())
}

/// Makes a directory that only this user can enter, unless there is one.
pub(super) fn create_private(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(dir)
}

/// Opens for reading, never through a symbolic link.
pub(super) fn open(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32);
    options.open(path)
}

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
///
/// Root makes none in what is another user's, as `sudo` with that user's home would:
/// its owner could never use it.
pub(super) fn create_private(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if rustix::process::geteuid().is_root()
        && let Some(owner) = owner_above(dir)
        && owner != 0
    {
        let what = format!("root makes none in a directory of user {owner}");
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(dir)
}

/// Whose the nearest directory is that there is.
#[cfg(unix)]
fn owner_above(dir: &Path) -> Option<u32> {
    let mut above = dir.ancestors().skip(1);
    above
        .find_map(|dir| dir.metadata().ok())
        .map(|found| found.uid())
}

/// Opens for reading, never through a symbolic link.
pub(super) fn open(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32);
    options.open(path)
}

//! Which bytes a file held when it was last read, so that a component need not be
//! read and hashed at every start.
//!
//! A memo is found by the file's identity: device, inode, size, and the times of
//! the last change of content and of anything, to the nanosecond. The kernel sets
//! the latter and no program can set it back. So that it can tell two contents
//! apart, nothing is noted of a file that changed within [`SETTLED`] of being read,
//! nor on a file system that is not known to keep these times itself (network
//! mounts, FUSE).
//!
//! What is left: a program that had the file mapped for writing before it was
//! hashed, and writes into the map afterwards without a system call, may be noticed
//! only when the kernel writes its pages back; and someone who sets the machine's
//! clock back and hits the same nanosecond. In both cases what runs is what this
//! same file held before.

use super::digest::Digest;
use super::nameless::Nameless;
use super::trust;
use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// How long a file must have been left alone before it is noted: longer than the
/// coarsest clock of the file systems below, which is ext3's with 1 s.
const SETTLED: Duration = Duration::from_secs(3);

/// A file in one state, and who made a component of what it holds.
#[derive(PartialEq, Eq)]
pub(crate) struct Identity(String);

impl Identity {
    /// Of an open file, if it is one that can be told from others. An `adapter` is on one
    /// line; without one, the file is taken as it is.
    pub(crate) fn of(metadata: &Metadata, adapter: Option<&str>) -> Option<Self> {
        let state = state(metadata)?;
        Some(Identity(match adapter {
            Some(adapter) => format!("{adapter} {state}"),
            None => state,
        }))
    }

    fn file_name(&self) -> String {
        Digest::of(self.0.as_bytes()).to_string()
    }
}

#[cfg(unix)]
fn state(metadata: &Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    metadata.is_file().then(|| {
        format!(
            "{} {} {} {} {} {} {}",
            metadata.dev(),
            metadata.ino(),
            metadata.size(),
            metadata.mtime(),
            metadata.mtime_nsec(),
            metadata.ctime(),
            metadata.ctime_nsec()
        )
    })
}

#[cfg(not(unix))]
fn state(_: &Metadata) -> Option<String> {
    None
}

/// What was noted of a file of this identity.
pub(super) fn recall(dir: &Path, identity: &Identity) -> Option<String> {
    let file = trust::open(&dir.join(identity.file_name())).ok()?;
    if trust::distrust(&file.metadata().ok()?).is_some() {
        return None;
    }
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    let content = text.trim_end().strip_suffix(&identity.0)?;
    content.strip_suffix(": ").map(String::from)
}

/// Notes `content`, on one line, of what `file` holds, if it is still what `identity` was
/// taken of and has been for a while.
pub(super) fn note(dir: &Path, file: &File, identity: &Identity, content: &str) -> io::Result<()> {
    let metadata = file.metadata()?;
    if !state(&metadata).is_some_and(|state| identity.0.ends_with(&state))
        || !settled(&metadata, SystemTime::now())
        || !keeps_times(file)
    {
        return Ok(());
    }
    let memo = Nameless::in_dir(dir)?;
    let text = format!("{content}: {}\n", identity.0);
    memo.file().write_all(text.as_bytes())?;
    // Not synced: a memo that is lost or empty costs one hash.
    memo.name(&dir.join(identity.file_name()))
}

#[cfg(unix)]
fn settled(metadata: &Metadata, now: SystemTime) -> bool {
    use std::os::unix::fs::MetadataExt;
    let age = |seconds: i64, nanos: i64| {
        let since = Duration::new(seconds.try_into().ok()?, nanos.try_into().ok()?);
        now.duration_since(SystemTime::UNIX_EPOCH + since).ok()
    };
    let ages = [
        age(metadata.mtime(), metadata.mtime_nsec()),
        age(metadata.ctime(), metadata.ctime_nsec()),
    ];
    // A time in the future is no age.
    ages.iter().all(|age| age.is_some_and(|age| age > SETTLED))
}

#[cfg(not(unix))]
fn settled(_: &Metadata, _: SystemTime) -> bool {
    false
}

/// Whether the file is on a local file system, whose times this kernel sets.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn keeps_times(file: &File) -> bool {
    // From linux/magic.h.
    const LOCAL: [u32; 8] = [
        0xef53,      // ext2, ext3, ext4
        0x5846_5342, // xfs
        0x9123_683e, // btrfs
        0xf2f5_2010, // f2fs
        0x2fc1_2fc1, // zfs
        0xca45_1a4e, // bcachefs
        0x0102_1994, // tmpfs
        0x794c_7630, // overlayfs
    ];
    rustix::fs::fstatfs(file).is_ok_and(|fs| LOCAL.contains(&(fs.f_type as u32)))
}

/// Elsewhere mounts are flagged as local.
#[cfg(any(target_os = "macos", target_os = "ios", target_os = "freebsd"))]
fn keeps_times(file: &File) -> bool {
    const MNT_LOCAL: u64 = 0x1000;
    rustix::fs::fstatfs(file).is_ok_and(|fs| fs.f_flags as u64 & MNT_LOCAL != 0)
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "macos",
    target_os = "ios",
    target_os = "freebsd"
)))]
fn keeps_times(_: &File) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_noted_only_when_it_was_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, "one").unwrap();
        let metadata = std::fs::metadata(&path).unwrap();
        let now = SystemTime::now();
        assert!(!settled(&metadata, now));
        assert!(!settled(&metadata, now - Duration::from_secs(3600)));
        assert!(settled(&metadata, now + Duration::from_secs(4)));
    }

    #[test]
    fn a_memo_is_of_one_identity() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, "one").unwrap();
        let identity = Identity::of(&std::fs::metadata(&path).unwrap(), None).unwrap();
        let content = "what is in it";
        let memo = dir.path().join(identity.file_name());
        std::fs::write(&memo, format!("{content}: {}\n", identity.0)).unwrap();
        assert!(recall(dir.path(), &identity).as_deref() == Some(content));

        // Of an identity that begins otherwise, and of one that ends otherwise.
        let longer = Identity(format!("1{}", identity.0));
        std::fs::copy(&memo, dir.path().join(longer.file_name())).unwrap();
        assert!(recall(dir.path(), &longer).is_none());
        let other = Identity(identity.0.clone() + "0");
        assert!(recall(dir.path(), &other).is_none());
        // Under another's name, it is still not of another.
        std::fs::rename(&memo, dir.path().join(other.file_name())).unwrap();
        assert!(recall(dir.path(), &other).is_none());
    }
}

//! A file that has no name before all of it is there.
//!
//! Where the file system can, it has none at all: should this process end in the midst of
//! writing, the system takes it away. Else it has one that a later process knows,
//! and takes away.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Writes a file that appears whole or not at all, with the rights that the user gives to new
/// files. What has the name before has it until then. On a file system that can do so, nothing
/// is left of one that was not finished, whatever ended this process.
///
/// # Errors
///
/// Those of the system; also where `path` is no file and can have none in its place.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = match path.parent() {
        Some(dir) if dir != Path::new("") => dir,
        _ => Path::new("."),
    };
    let file = Nameless::with_mode(dir, 0o666)?;
    file.file().write_all(bytes)?;
    file.file().sync_all()?;
    file.name(path)
}

/// What the names begin with of those that need one.
pub(super) const TEMPORARY: &str = ".tmp-";

pub(super) enum Nameless {
    #[cfg(target_os = "linux")]
    Unlinked(File),
    Temporary(NamedTempFile),
}

impl Nameless {
    /// Readable and writable by this user alone.
    pub(super) fn in_dir(dir: &Path) -> io::Result<Self> {
        Self::with_mode(dir, 0o600)
    }

    /// With such rights, less those that the user gives to no new file.
    fn with_mode(dir: &Path, mode: u32) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(file) = linux::unlinked(dir, mode) {
            return Ok(Nameless::Unlinked(file));
        }
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
        #[cfg(not(unix))]
        let _ = mode;
        let file = builder.prefix(TEMPORARY).tempfile_in(dir)?;
        Ok(Nameless::Temporary(file))
    }

    pub(super) fn file(&self) -> &File {
        match self {
            #[cfg(target_os = "linux")]
            Nameless::Unlinked(file) => file,
            Nameless::Temporary(file) => file.as_file(),
        }
    }

    /// The same file, open for reading from its beginning.
    pub(super) fn reopen(&self) -> io::Result<File> {
        match self {
            #[cfg(target_os = "linux")]
            Nameless::Unlinked(file) => File::open(linux::path(file)),
            Nameless::Temporary(file) => file.reopen(),
        }
    }

    /// Gives it its name. What had the name before is gone.
    pub(super) fn name(self, path: &Path) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Nameless::Unlinked(file) => linux::link(&file, path),
            Nameless::Temporary(file) => {
                file.persist(path)?;
                Ok(())
            }
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::TEMPORARY;
    use rustix::fs::{AtFlags, CWD, Mode, OFlags};
    use rustix::io::Errno;
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    /// None where the file system cannot, and where there is no `/proc` to name it by.
    pub(super) fn unlinked(dir: &Path, mode: u32) -> Option<File> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        let file = rustix::fs::open(dir, flags, Mode::from_raw_mode(mode)).ok()?;
        let file = File::from(file);
        path(&file).exists().then_some(file)
    }

    pub(super) fn path(file: &File) -> PathBuf {
        format!("/proc/self/fd/{}", file.as_raw_fd()).into()
    }

    /// A link takes no other file's place; what has another name can be moved there.
    pub(super) fn link(file: &File, to: &Path) -> io::Result<()> {
        match link_to(file, to) {
            Err(Errno::EXIST) => {}
            linked => return Ok(linked?),
        }
        let aside = aside(to);
        link_to(file, &aside)?;
        let moved = std::fs::rename(&aside, to);
        if moved.is_err() {
            let _ = std::fs::remove_file(&aside);
        }
        moved
    }

    fn link_to(file: &File, to: &Path) -> Result<(), Errno> {
        rustix::fs::linkat(CWD, path(file), CWD, to, AtFlags::SYMLINK_FOLLOW)
    }

    /// A name beside it that nobody else has.
    fn aside(to: &Path) -> PathBuf {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (process, count) = (std::process::id(), COUNT.fetch_add(1, Relaxed));
        to.with_file_name(format!("{TEMPORARY}{process}-{count}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn names(dir: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(dir).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[test]
    fn it_has_a_name_when_it_is_given_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("name");
        for content in ["one", "two"] {
            let file = Nameless::in_dir(dir.path()).unwrap();
            file.file().write_all(content.as_bytes()).unwrap();
            let mut again = file.reopen().unwrap();
            file.name(&path).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
            assert_eq!(io::read_to_string(&mut again).unwrap(), content);
            assert_eq!(names(dir.path()), ["name"]);
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_whole_file_takes_the_place_of_another_and_of_no_directory() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("name");
        for content in ["one", "two"] {
            write_whole(&path, content.as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
        std::fs::create_dir(dir.path().join("dir")).unwrap();
        write_whole(&dir.path().join("dir"), b"x").unwrap_err();
        write_whole(&dir.path().join("none/file"), b"x").unwrap_err();
        let mut names = names(dir.path());
        names.sort();
        assert_eq!(names, ["dir", "name"]);
    }

    /// Where the file system of temporary files can do without a name.
    #[cfg(target_os = "linux")]
    #[test]
    fn nothing_is_left_of_what_got_none() {
        let dir = tempfile::tempdir().unwrap();
        let Some(file) = linux::unlinked(dir.path(), 0o600) else {
            return;
        };
        let file = Nameless::Unlinked(file);
        file.file().write_all(b"one").unwrap();
        assert_eq!(names(dir.path()), [""; 0]);
    }
}

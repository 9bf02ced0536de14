//! A file that has no name before all of it is there.
//!
//! Where the file system can, it has none at all: should this process end in the midst of
//! writing, the system takes it away. Else it has one that a later process knows,
//! and takes away.

use std::fs::File;
use std::io;
use std::path::Path;
use tempfile::NamedTempFile;

/// What the names begin with of those that need one.
pub(super) const TEMPORARY: &str = ".tmp-";

/// Readable and writable by this user alone.
pub(super) enum Nameless {
    #[cfg(target_os = "linux")]
    Unlinked(File),
    Temporary(NamedTempFile),
}

impl Nameless {
    pub(super) fn in_dir(dir: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(file) = linux::unlinked(dir) {
            return Ok(Nameless::Unlinked(file));
        }
        let mut builder = tempfile::Builder::new();
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
    use rustix::fs::{AtFlags, CWD, Mode, OFlags};
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;
    use std::path::{Path, PathBuf};

    /// None where the file system cannot, and where there is no `/proc` to name it by.
    pub(super) fn unlinked(dir: &Path) -> Option<File> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        let file = rustix::fs::open(dir, flags, Mode::RUSR | Mode::WUSR).ok()?;
        let file = File::from(file);
        path(&file).exists().then_some(file)
    }

    pub(super) fn path(file: &File) -> PathBuf {
        format!("/proc/self/fd/{}", file.as_raw_fd()).into()
    }

    pub(super) fn link(file: &File, to: &Path) -> io::Result<()> {
        let link = || rustix::fs::linkat(CWD, path(file), CWD, to, AtFlags::SYMLINK_FOLLOW);
        match link() {
            Err(rustix::io::Errno::EXIST) => {}
            linked => return Ok(linked?),
        }
        // A link takes no other file's place. For a moment there is none: who looks for it
        // then compiles.
        let _ = std::fs::remove_file(to);
        match link() {
            // Another process was as fast, with the same.
            Err(rustix::io::Errno::EXIST) => Ok(()),
            linked => Ok(linked?),
        }
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

    /// Where the file system of temporary files can do without a name.
    #[cfg(target_os = "linux")]
    #[test]
    fn nothing_is_left_of_what_got_none() {
        let dir = tempfile::tempdir().unwrap();
        let Some(file) = linux::unlinked(dir.path()) else {
            return;
        };
        let file = Nameless::Unlinked(file);
        file.file().write_all(b"one").unwrap();
        assert_eq!(names(dir.path()), [""; 0]);
    }
}

//! How bytes come to who reads them.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::thread;
use std::time::Duration;

pub(super) type Writer = Box<dyn Write + Send>;

pub(super) enum Way {
    /// Nobody reads it, so nobody is to be waited for.
    At(Writer),
    /// Somebody reads it, who may take nothing for long.
    Read(Reader),
}

pub(super) struct Reader {
    /// Where it is written without waiting. None where the system cannot do that.
    ready: Option<File>,
    /// Whether a thread is there that waits.
    pub(super) has_thread: bool,
}

impl Way {
    /// To an open file; none where the system had no descriptor left for it.
    pub(super) fn to(file: Option<File>) -> Way {
        match file {
            Some(file) if has_no_reader(&file) => Way::At(Box::new(file)),
            ready => Way::Read(Reader {
                ready,
                has_thread: false,
            }),
        }
    }
}

impl Reader {
    /// Writes what is taken at once, and tells how much that is. What is wrong is told to who
    /// writes the rest.
    pub(super) fn offer(&mut self, bytes: &[u8]) -> usize {
        let Some(file) = &self.ready else {
            return 0;
        };
        match write_at_once(file, bytes) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(_) => {
                self.ready = None;
                0
            }
        }
    }
}

/// Without waiting, and without a change of the descriptor, which others may share.
#[cfg(target_os = "linux")]
fn write_at_once(file: &File, bytes: &[u8]) -> io::Result<usize> {
    use rustix::io::{ReadWriteFlags, pwritev2};
    // As `write` does it: where the file is.
    let here = u64::MAX;
    let flags = ReadWriteFlags::NOWAIT;
    Ok(pwritev2(file, &[io::IoSlice::new(bytes)], here, flags)?)
}

#[cfg(not(target_os = "linux"))]
fn write_at_once(_: &File, _: &[u8]) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A file on a disk, or `/dev/null` and its like.
fn has_no_reader(file: &File) -> bool {
    let Ok(found) = file.metadata() else {
        return false;
    };
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_char_device(&found.file_type()) {
        return !file.is_terminal();
    }
    found.is_file()
}

/// Whoever shares a terminal or a pipe with us may have set it not to block.
pub(super) fn write_whole(writer: &mut Writer, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match writer.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(2));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    writer.flush()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::fd::OwnedFd;

    #[test]
    fn what_is_taken_at_once_is_what_the_reader_gets() {
        let (mut reader, writer) = io::pipe().unwrap();
        let Way::Read(mut way) = Way::to(Some(OwnedFd::from(writer).into())) else {
            panic!("a pipe has a reader");
        };
        let mut taken = Vec::new();
        // More than a pipe holds: the last offers are to no avail, and none waits.
        for number in 0..200 {
            let piece = vec![number; 1000];
            let count = way.offer(&piece);
            assert!([0, 1000].contains(&count), "{count}");
            taken.extend_from_slice(&piece[..count]);
        }
        assert!(taken.len() < 200_000);
        drop(way);
        let mut got = Vec::new();
        reader.read_to_end(&mut got).unwrap();
        assert!(got == taken);
    }
}

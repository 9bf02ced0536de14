//! This process's stdout and stderr, as guests and their host share them.

use bytes::Bytes;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::pin::pin;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// This process's stdout or stderr, for all that write there at a time.
///
/// Who writes waits for room in a queue, and not for the reader: before a pipe, a socket or a
/// terminal stands one thread, which is there for all. So a reader that stalls holds up no
/// executor. A file has no reader, and is written to at once.
///
/// A piece of up to 4 KiB comes whole, whatever others write. What the program itself printed
/// with `print!` and did not flush comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlet {
    /// Stdout.
    Stdout,
    /// Stderr.
    Stderr,
}

/// What a pipe takes whole or not at all.
pub(crate) const PIECE: usize = 4096;

/// As much is held for the reader, of all that write. A writer that found room may put a
/// little more.
const HELD: usize = 64 << 10;

static QUEUES: [Queue; 2] = [const { Queue::new() }; 2];

struct Queue {
    held: Mutex<Held>,
    /// There is something to write.
    come: Condvar,
    /// Something was written: for who blocks, and for who awaits it.
    gone: Condvar,
    moved: Notify,
}

#[derive(Default)]
struct Held {
    way: Option<Way>,
    pieces: VecDeque<Bytes>,
    /// Those of the pieces, and of what is being written.
    bytes: usize,
    /// Pieces, since the beginning.
    put: u64,
    written: u64,
    /// Why nothing can be written any more.
    failed: Option<Failure>,
    /// What was put last is no end of a line.
    in_line: bool,
}

enum Way {
    At(Writer),
    Thread,
}

type Writer = Box<dyn Write + Send>;

#[derive(Clone, Copy)]
enum Failure {
    System(i32),
    Other(io::ErrorKind),
}

impl Outlet {
    /// Writes all of it, when there is room.
    ///
    /// # Errors
    ///
    /// Why this or something before it could not be written:
    /// [`BrokenPipe`](io::ErrorKind::BrokenPipe) when nobody reads any more.
    pub async fn write(self, bytes: impl Into<Bytes>) -> io::Result<()> {
        self.ready().await;
        let bytes: Bytes = bytes.into();
        self.put(bytes).map(drop)
    }

    /// Waits until everything so far is written.
    ///
    /// # Errors
    ///
    /// As for [`Outlet::write`].
    pub async fn flush(self) -> io::Result<()> {
        let put = self.held().put;
        self.until(|held| held.written >= put).await;
        self.held().check()
    }

    /// As [`Outlet::write`] and [`Outlet::flush`], on a thread that may block; and gives up
    /// on a reader who takes nothing for `patience`.
    ///
    /// # Errors
    ///
    /// As for [`Outlet::write`]; [`TimedOut`](io::ErrorKind::TimedOut).
    pub fn write_blocking(self, bytes: impl Into<Bytes>, patience: Duration) -> io::Result<()> {
        drop(self.wait(patience, |held| held.room() > 0)?);
        let bytes: Bytes = bytes.into();
        self.put(bytes)?;
        self.flush_blocking(patience)
    }

    /// As [`Outlet::write_blocking`], what begins with a line of its own: a guest that wrote
    /// here last may not have ended its own.
    ///
    /// # Errors
    ///
    /// As for [`Outlet::write_blocking`].
    pub fn write_line_blocking(
        self,
        line: impl Into<Vec<u8>>,
        patience: Duration,
    ) -> io::Result<()> {
        drop(self.wait(patience, |held| held.room() > 0)?);
        self.put_line(line)?;
        self.flush_blocking(patience)
    }

    /// As [`Outlet::flush`], on a thread that may block; and gives up on a reader who takes
    /// nothing for `patience`.
    ///
    /// # Errors
    ///
    /// As for [`Outlet::write_blocking`].
    pub fn flush_blocking(self, patience: Duration) -> io::Result<()> {
        let put = self.held().put;
        self.wait(patience, |held| held.written >= put)?.check()
    }

    /// How many bytes it takes now.
    pub(crate) fn room(self) -> io::Result<usize> {
        let held = self.held();
        held.check()?;
        Ok(held.room())
    }

    /// Waits until it takes some, or fails.
    pub(crate) async fn ready(self) {
        self.until(|held| held.room() > 0).await;
    }

    /// Takes it, whether there is room or not, and tells whether it is still to be written.
    pub(crate) fn put(self, bytes: impl AsRef<[u8]> + Into<Bytes>) -> io::Result<bool> {
        self.put_held(&mut self.held(), bytes)
    }

    /// The same, which begins with a line of its own.
    pub(crate) fn put_line(self, line: impl Into<Vec<u8>>) -> io::Result<bool> {
        let (mut line, mut held) = (line.into(), self.held());
        if held.in_line {
            line.insert(0, b'\n');
        }
        self.put_held(&mut held, line)
    }

    fn put_held(self, held: &mut Held, bytes: impl AsRef<[u8]> + Into<Bytes>) -> io::Result<bool> {
        held.check()?;
        if let Some(last) = bytes.as_ref().last() {
            held.in_line = *last != b'\n';
        }
        match held.way.get_or_insert_with(|| self.open()) {
            Way::At(writer) => {
                write_whole(writer, bytes.as_ref())?;
                Ok(false)
            }
            Way::Thread => {
                held.take(bytes.into());
                self.queue().come.notify_one();
                Ok(true)
            }
        }
    }

    pub(crate) fn is_terminal(self) -> bool {
        match self {
            Outlet::Stdout => io::stdout().is_terminal(),
            Outlet::Stderr => io::stderr().is_terminal(),
        }
    }

    fn queue(self) -> &'static Queue {
        &QUEUES[self as usize]
    }

    fn held(self) -> MutexGuard<'static, Held> {
        self.queue().held()
    }

    async fn until(self, done: impl Fn(&Held) -> bool) {
        let queue = self.queue();
        let over = || {
            let held = queue.held();
            held.failed.is_some() || done(&held)
        };
        while !over() {
            let mut moved = pin!(queue.moved.notified());
            moved.as_mut().enable();
            if over() {
                return;
            }
            moved.await;
        }
    }

    /// Blocks until it is done or has failed.
    fn wait(
        self,
        patience: Duration,
        done: impl Fn(&Held) -> bool,
    ) -> io::Result<MutexGuard<'static, Held>> {
        let queue = self.queue();
        let mut held = queue.held();
        let (mut written, mut since) = (held.written, Instant::now());
        while held.failed.is_none() && !done(&held) {
            if held.written != written {
                (written, since) = (held.written, Instant::now());
            }
            let Some(left) = patience.checked_sub(since.elapsed()) else {
                return Err(io::ErrorKind::TimedOut.into());
            };
            let waited = queue.gone.wait_timeout(held, left);
            held = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(held)
    }

    /// How to write there. Where the system has no thread left, whoever writes waits for the
    /// reader.
    fn open(self) -> Way {
        let file = self.file();
        if let Ok(file) = &file
            && has_no_reader(file)
        {
            return Way::At(self.writer(file.try_clone()));
        }
        let (queue, writer) = (self.queue(), self.writer(file));
        let thread = thread::Builder::new().name(format!("{self:?}"));
        match thread.spawn(move || queue.write_out(writer)) {
            Ok(_) => Way::Thread,
            Err(_) => Way::At(self.writer(self.file())),
        }
    }

    fn writer(self, file: io::Result<File>) -> Writer {
        match (file, self) {
            (Ok(file), _) => Box::new(file),
            // No descriptor is left for it.
            (Err(_), Outlet::Stdout) => Box::new(io::stdout()),
            (Err(_), Outlet::Stderr) => Box::new(io::stderr()),
        }
    }

    #[cfg(unix)]
    fn file(self) -> io::Result<File> {
        use std::os::fd::AsFd;
        let fd = match self {
            Outlet::Stdout => io::stdout().as_fd().try_clone_to_owned(),
            Outlet::Stderr => io::stderr().as_fd().try_clone_to_owned(),
        };
        fd.map(File::from)
    }

    #[cfg(windows)]
    fn file(self) -> io::Result<File> {
        use std::os::windows::io::AsHandle;
        let handle = match self {
            Outlet::Stdout => io::stdout().as_handle().try_clone_to_owned(),
            Outlet::Stderr => io::stderr().as_handle().try_clone_to_owned(),
        };
        handle.map(File::from)
    }
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

impl Queue {
    const fn new() -> Self {
        Queue {
            held: Mutex::new(Held {
                way: None,
                pieces: VecDeque::new(),
                bytes: 0,
                put: 0,
                written: 0,
                failed: None,
                in_line: false,
            }),
            come: Condvar::new(),
            gone: Condvar::new(),
            moved: Notify::const_new(),
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the thread does, for ever.
    fn write_out(&self, mut writer: Writer) {
        loop {
            let mut held = self.held();
            while held.pieces.is_empty() {
                held = self.come.wait(held).unwrap_or_else(PoisonError::into_inner);
            }
            let (bytes, pieces) = held.next();
            drop(held);
            let written = write_whole(&mut writer, &bytes);
            self.held().done(bytes.len(), pieces, written);
            self.gone.notify_all();
            self.moved.notify_waiters();
        }
    }
}

impl Held {
    fn room(&self) -> usize {
        HELD.saturating_sub(self.bytes)
    }

    fn check(&self) -> io::Result<()> {
        match self.failed {
            None => Ok(()),
            Some(Failure::System(code)) => Err(io::Error::from_raw_os_error(code)),
            Some(Failure::Other(kind)) => Err(kind.into()),
        }
    }

    fn take(&mut self, mut bytes: Bytes) {
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(PIECE));
            self.bytes += piece.len();
            self.put += 1;
            self.pieces.push_back(piece);
        }
    }

    /// As many pieces as a pipe takes whole.
    fn next(&mut self) -> (Vec<u8>, u64) {
        let (mut bytes, mut pieces) = (Vec::new(), 0);
        while let Some(piece) = self.pieces.front() {
            if bytes.len() + piece.len() > PIECE {
                break;
            }
            bytes.extend_from_slice(piece);
            self.pieces.pop_front();
            pieces += 1;
        }
        (bytes, pieces)
    }

    fn done(&mut self, bytes: usize, pieces: u64, written: io::Result<()>) {
        self.bytes -= bytes;
        self.written += pieces;
        if let Err(error) = written {
            self.failed = Some(match error.raw_os_error() {
                Some(code) => Failure::System(code),
                None => Failure::Other(error.kind()),
            });
            self.pieces.clear();
            self.bytes = 0;
        }
    }
}

/// Whoever shares a terminal or a pipe with us may have set it not to block.
fn write_whole(writer: &mut Writer, mut bytes: &[u8]) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_that_a_pipe_takes_whole_go_out_together() {
        let mut held = Held::default();
        for len in [1000, 3000, 200, 9000] {
            held.take(vec![b'x'; len].into());
        }
        let mut sizes = Vec::new();
        while !held.pieces.is_empty() {
            let (bytes, pieces) = held.next();
            held.done(bytes.len(), pieces, Ok(()));
            sizes.push((bytes.len(), pieces));
        }
        assert_eq!(sizes, [(4000, 2), (200, 1), (4096, 1), (4096, 1), (808, 1)]);
        assert_eq!((held.bytes, held.put, held.written), (0, 6, 6));
    }

    #[test]
    fn what_failed_once_takes_nothing_more_and_holds_nothing() {
        let mut held = Held::default();
        held.take(vec![0; 3 * PIECE].into());
        let (bytes, pieces) = held.next();
        held.done(bytes.len(), pieces, Err(io::ErrorKind::BrokenPipe.into()));
        assert_eq!(held.check().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!((held.bytes, held.pieces.len()), (0, 0));
    }
}

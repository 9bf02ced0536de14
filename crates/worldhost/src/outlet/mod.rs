//! This process's stdout and stderr, as guests and their host share them.

mod queue;
mod way;

use bytes::Bytes;
pub(crate) use queue::PIECE;
use queue::{Held, Queue};
use std::fs::File;
use std::io::{self, IsTerminal};
use std::pin::pin;
use std::sync::{MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use way::{Way, Writer, write_whole};

/// This process's stdout or stderr, for all that write there at a time.
///
/// Who writes waits for room in a queue, and not for the reader: what a pipe does not take at
/// once is for one thread, which waits for all; so is whatever a terminal is given. A reader that
/// stalls holds up no executor. A file has no reader, and is written to at once.
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

static QUEUES: [Queue; 2] = [const { Queue::new() }; 2];

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
        let is_next = held.is_idle();
        let way = held.way.get_or_insert_with(|| Way::to(self.file().ok()));
        let reader = match way {
            Way::At(writer) => return write_whole(writer, bytes.as_ref()).map(|()| false),
            Way::Read(reader) => reader,
        };
        let all = bytes.as_ref();
        let taken = match is_next && (1..=PIECE).contains(&all.len()) {
            true => reader.offer(all),
            false => 0,
        };
        if taken == all.len() {
            return Ok(false);
        }
        if !reader.has_thread && !self.begin() {
            // Whoever writes waits for the reader then.
            let mut writer = self.writer();
            let written = write_whole(&mut writer, &all[taken..]);
            held.way = Some(Way::At(writer));
            return written.map(|()| false);
        }
        reader.has_thread = true;
        held.take(bytes.into().split_off(taken));
        self.queue().come.notify_one();
        Ok(true)
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

    /// Begins the thread that waits for the reader, unless the system has none left.
    fn begin(self) -> bool {
        let (queue, writer) = (self.queue(), self.writer());
        let thread = thread::Builder::new().name(format!("{self:?}"));
        thread.spawn(move || queue.write_out(writer)).is_ok()
    }

    fn writer(self) -> Writer {
        match (self.file(), self) {
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

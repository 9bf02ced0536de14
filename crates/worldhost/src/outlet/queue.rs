//! What is to be written, and by which way.

use super::way::{Way, Writer, write_whole};
use bytes::Bytes;
use std::collections::VecDeque;
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What a pipe takes whole or not at all.
pub(crate) const PIECE: usize = 4096;

/// As much is held for the reader, of all that write. A writer that found room may put a
/// little more.
const HELD: usize = 64 << 10;

pub(super) struct Queue {
    held: Mutex<Held>,
    /// There is something to write.
    pub(super) come: Condvar,
    /// Something was written: for who blocks, and for who awaits it.
    pub(super) gone: Condvar,
    pub(super) moved: Notify,
}

#[derive(Default)]
pub(super) struct Held {
    pub(super) way: Option<Way>,
    pieces: VecDeque<Bytes>,
    /// Those of the pieces, and of what is being written.
    bytes: usize,
    /// Pieces, since the beginning.
    pub(super) put: u64,
    pub(super) written: u64,
    /// Why nothing can be written any more.
    pub(super) failed: Option<Failure>,
    /// What was put last is no end of a line.
    pub(super) in_line: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Failure {
    System(i32),
    Other(io::ErrorKind),
}

impl Queue {
    pub(super) const fn new() -> Self {
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

    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the thread does, for ever.
    pub(super) fn write_out(&self, mut writer: Writer) {
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
    /// Whether nothing waits, and nothing is on its way.
    pub(super) fn is_idle(&self) -> bool {
        self.bytes == 0
    }

    pub(super) fn room(&self) -> usize {
        HELD.saturating_sub(self.bytes)
    }

    pub(super) fn check(&self) -> io::Result<()> {
        match self.failed {
            None => Ok(()),
            Some(Failure::System(code)) => Err(io::Error::from_raw_os_error(code)),
            Some(Failure::Other(kind)) => Err(kind.into()),
        }
    }

    pub(super) fn take(&mut self, mut bytes: Bytes) {
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
